using System.Runtime.CompilerServices;
using System.Text.Json;

namespace QueueAdmission;

/// <summary>
/// Keeps the history of the last five minutes for each queue in the registry, even while no page is open. A page that
/// opens shows this history at once.
/// </summary>
/// <remarks>
/// One timer reads the counts of all queues once a second. A reading takes one short lock for each queue, and allocates
/// nothing once the ring of the queue is full. The requests of the application do no work for the history.
/// </remarks>
internal sealed class HistorySampler : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly ConditionalWeakTable<JobQueueRegistry, HistorySampler> Samplers = [];

    private readonly Lock _lock = new();
    private readonly JobQueueRegistry _registry;
    private readonly TimeProvider _time;
    private ITimer? _timer;
    private byte[]? _serialized;

    private readonly CancellationToken _stopping;

    private HistorySampler(JobQueueRegistry registry, TimeProvider time, CancellationToken stopping) =>
        (_registry, _time, _stopping) = (registry, time, stopping);

    ~HistorySampler() => _timer?.Dispose();

    /// <summary>Returns the sampler of an application. All dashboards of the application share it.</summary>
    /// <param name="registry">The queues.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">Is cancelled when the application stops. Then the timer ends with its next tick.</param>
    public static HistorySampler For(JobQueueRegistry registry, TimeProvider time, CancellationToken stopping) =>
        Samplers.GetValue(registry, found => new HistorySampler(found, time, stopping));

    /// <summary>Starts the timer, unless it has started before.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (_timer is not null)
            {
                return;
            }
            using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
            {
                // A timer keeps its state alive. With a weak reference, an application that was never stopped can still
                // be garbage-collected.
                var state = new WeakReference<HistorySampler>(this);
                _timer = _time.CreateTimer(Tick, state, Interval, Interval);
            }
        }
    }

    /// <summary>Stops the timer for good.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Returns the report as JSON. It is created at most once a second, and shared by all pages that request it.
    /// </summary>
    public ReadOnlyMemory<byte> Serialize()
    {
        lock (_lock)
        {
            return _serialized ??= JsonSerializer.SerializeToUtf8Bytes(Describe(), ReportJson.Default.HistoryReport);
        }
    }

    private static void Tick(object? state)
    {
        if (!((WeakReference<HistorySampler>)state!).TryGetTarget(out var sampler))
        {
            return;
        }
        if (sampler._stopping.IsCancellationRequested)
        {
            sampler.Dispose();
            return;
        }
        // The clock may be the application's own code.
        ForeignCode.Run(sampler, static sampler => sampler.Sample());
    }

    private void Sample()
    {
        lock (_lock)
        {
            var second = _time.GetUtcNow().ToUnixTimeSeconds();
            foreach (var queue in _registry.RequestQueues)
            {
                queue.History.Add(queue.Queue, second);
            }
            _serialized = null;
        }
    }

    private HistoryReport Describe()
    {
        var now = _time.GetUtcNow();
        return new HistoryReport
        {
            At = now,
            Kept = QueueHistory.Seconds,
            Queues = [.. _registry.RequestQueues
                .Select(queue => queue.History.Describe(queue.Name, now.ToUnixTimeSeconds()))
                .OfType<QueueHistoryReport>()],
        };
    }
}
