using System.Diagnostics.Metrics;

namespace QueueAdmission.Deferred;

/// <summary>The instruments of deferred jobs, in the meter <c>QueueAdmission.Deferred</c>.</summary>
internal sealed class DeferredMetrics
{
    public const string MeterName = "QueueAdmission.Deferred";
    private const string QueueTag = "queue_admission.queue";
    private const string StateTag = "queue_admission.deferred.state";
    private const string OutcomeTag = "queue_admission.deferred.outcome";
    private const string ReasonTag = "queue_admission.reason";

    private static readonly InstrumentAdvice<double> StoreDurations = new()
    {
        HistogramBucketBoundaries =
            [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    };

    private static readonly InstrumentAdvice<double> Ages = new()
    {
        HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400],
    };

    private readonly Counter<long> _accepted;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _preferred;
    private readonly Histogram<double> _latency;
    private readonly Histogram<double> _store;

    /// <param name="meters">Creates the meter. Null in an application without metrics.</param>
    /// <param name="queues">Returns the queues as this node last saw them in the store.</param>
    /// <param name="time">The clock.</param>
    public DeferredMetrics(IMeterFactory? meters, Func<IReadOnlyList<DeferredQueue>> queues, TimeProvider time)
    {
        var meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        _accepted = meter.CreateCounter<long>(
            "queue_admission.deferred.accepted", "{job}", "Jobs that this node has accepted.");
        _refused = meter.CreateCounter<long>("queue_admission.deferred.refused", "{request}",
            "Requests that this node refused instead of deferring them, by reason.");
        _attempts = meter.CreateCounter<long>("queue_admission.deferred.attempts", "{attempt}",
            "Ended attempts of this node to run jobs, by outcome: done, retry, dead, given_back.");
        _preferred = meter.CreateCounter<long>("queue_admission.deferred.preferred", "{request}",
            "Requests that waited for the outcome of their jobs, by outcome: in_time, later.");
        _latency = meter.CreateHistogram("queue_admission.deferred.latency", "s",
            "The time from the acceptance of a job to its end.", tags: null, Ages);
        _store = meter.CreateHistogram("queue_admission.deferred.store.duration", "s",
            "How long a call to the store took, by operation.", tags: null, StoreDurations);
        meter.CreateObservableUpDownCounter("queue_admission.deferred.jobs", () => queues().SelectMany(States), "{job}",
            "Jobs in the store that wait, run or are dead letters, as this node last read them.");
        meter.CreateObservableGauge("queue_admission.deferred.oldest", () => queues().Select(AgeOfOldest), "s",
            "The age of the oldest waiting job; 0 if no job is waiting.");

        Measurement<double> AgeOfOldest(DeferredQueue queue)
        {
            var age = queue.OldestWaiting is { } oldest ? time.GetUtcNow() - oldest : TimeSpan.Zero;
            return new Measurement<double>(Math.Max(0, age.TotalSeconds), Tag(queue.Queue));
        }
    }

    public void CountAccepted(string queue) => _accepted.Add(1, Tag(queue));

    public void CountRefused(string queue, string reason) => _refused.Add(1, Tag(queue), new(ReasonTag, reason));

    public void CountAttempt(string queue, string outcome) => _attempts.Add(1, Tag(queue), new(OutcomeTag, outcome));

    public void CountPreferred(string queue, string outcome) => _preferred.Add(1, Tag(queue), new(OutcomeTag, outcome));

    public void RecordLatency(string queue, TimeSpan time) =>
        _latency.Record(Math.Max(0, time.TotalSeconds), Tag(queue));

    public void RecordStoreCall(string store, string operation, TimeSpan time) =>
        _store.Record(time.TotalSeconds, new("db.system.name", store), new("db.operation.name", operation));

    private static KeyValuePair<string, object?> Tag(string queue) => new(QueueTag, queue);

    private static IEnumerable<Measurement<long>> States(DeferredQueue queue) =>
    [
        new(queue.Waiting, Tag(queue.Queue), new(StateTag, "waiting")),
        new(queue.Running, Tag(queue.Queue), new(StateTag, "running")),
        new(queue.Dead, Tag(queue.Queue), new(StateTag, "dead")),
    ];
}
