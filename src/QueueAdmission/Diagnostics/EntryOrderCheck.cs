using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// Reports queues that requests enter in opposite orders. It exists only in the Development environment.
/// </summary>
/// <remarks>
/// A request that holds a worker of queue A and waits for queue B can deadlock with one that holds B and waits for A.
/// Both then wait until <c>MaxWait</c>. The check remembers each ordered pair of queues. It therefore also reports
/// opposite orders of requests that never ran at the same time. The number of pairs is at most the square of the number
/// of queues.
/// </remarks>
internal sealed partial class EntryOrderCheck(ILogger logger)
{
    private readonly ConcurrentDictionary<(string Held, string Entered), bool> _orders = new();

    /// <summary>Records that a request enters a queue while it holds workers of other queues.</summary>
    public void Record(IEnumerable<JobQueue> held, JobQueue entered)
    {
        foreach (var queue in held)
        {
            if (queue != entered
                && _orders.TryAdd((queue.Name, entered.Name), true)
                && FindWay(entered.Name, queue.Name) is { } way)
            {
                LogOppositeOrders(logger, queue.Name, entered.Name, string.Join(" → ", way));
            }
        }
    }

    /// <summary>
    /// Returns the shortest chain of recorded orders from one queue to another, or null if there is none.
    /// </summary>
    private List<string>? FindWay(string from, string to)
    {
        var previous = new Dictionary<string, string?> { [from] = null };
        var open = new Queue<string>([from]);
        while (open.TryDequeue(out var name))
        {
            if (name == to)
            {
                var way = new List<string>();
                for (string? step = name; step is not null; step = previous[step])
                {
                    way.Insert(0, step);
                }
                return way;
            }
            foreach (var (_, next) in _orders.Keys.Where(order => order.Held == name))
            {
                if (previous.TryAdd(next, name))
                {
                    open.Enqueue(next);
                }
            }
        }
        return null;
    }

    [LoggerMessage(EventId = 21, EventName = "OppositeOrders", Level = LogLevel.Warning,
        Message = "A request that holds a worker of queue {Held} entered queue {Entered}. " +
            "Other requests enter them in the opposite order: {Way}. " +
            "Two such requests can wait for one another until MaxWait. " +
            "Let all requests enter these queues in one order.")]
    private static partial void LogOppositeOrders(ILogger logger, string held, string entered, string way);
}
