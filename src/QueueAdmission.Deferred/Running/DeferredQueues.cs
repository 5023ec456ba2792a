using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>
/// The queues with deferred jobs: the queues of deferred endpoints, and all queues for which the store has jobs.
/// </summary>
internal sealed class DeferredQueues(JobQueueRegistry registry, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<string, DeferredQueueState> _states = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, bool> _reported = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether this node runs jobs of at least one queue.</summary>
    public bool AnyRuns => NamesToRun().Any();

    /// <summary>Returns the state of a queue. From now on, this node considers the queue when it claims jobs.</summary>
    public DeferredQueueState StateOf(string name) =>
        _states.GetOrAdd(name, static (name, time) => new DeferredQueueState(name, time), time);

    public JobQueue? Find(string name) => registry.TryGet(name, out var queue) ? queue : null;

    /// <summary>Returns the queue on whose workers a job runs.</summary>
    /// <param name="name">The name of the queue that accepted the job.</param>
    /// <param name="endpoint">
    /// The endpoint of the job. Its current queue is used if the accepting queue no longer exists.
    /// </param>
    public JobQueue? QueueFor(string name, Endpoint endpoint) =>
        Find(name) ?? (endpoint.Metadata.GetMetadata<QueuedAttribute>() is { } queued ? Find(queued.QueueName) : null);

    /// <summary>Returns the names of the queues whose jobs this node runs.</summary>
    public IEnumerable<string> NamesToRun()
    {
        foreach (var (name, _) in _states)
        {
            if (Find(name)?.GetSetting(DeferredSettings.Run) ?? true)
            {
                yield return name;
            }
        }
    }

    public void Update(IReadOnlyList<JobStoreCounts> counts)
    {
        foreach (var queue in counts)
        {
            StateOf(queue.Queue).Update(queue);
            var open = queue.Waiting + queue.Running;
            if (open > 0 && Find(queue.Queue) is null && _reported.TryAdd(queue.Queue, true))
            {
                DeferredLog.WithoutQueue(logger, open, queue.Queue);
            }
        }
    }

    /// <summary>Returns the queues as this node last saw them in the store.</summary>
    public IReadOnlyList<DeferredQueue> Describe() =>
        [.. _states.Values.Select(state => state.Describe()).OfType<DeferredQueue>()
            .OrderBy(queue => queue.Queue, StringComparer.Ordinal)];

    public double? RateOf(string name) =>
        _states.TryGetValue(name, out var state) ? state.Describe()?.RatePerSecond : null;
}
