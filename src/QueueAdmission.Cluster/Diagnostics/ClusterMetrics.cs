using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace QueueAdmission.Cluster;

/// <summary>The instruments of the cluster, in the meter <c>QueueAdmission.Cluster</c>.</summary>
internal sealed class ClusterMetrics
{
    public const string MeterName = "QueueAdmission.Cluster";
    private const string QueueTag = "queue_admission.queue";

    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries =
            [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    };

    private readonly Counter<long> _calls;
    private readonly Counter<long> _lost;
    private readonly Histogram<double> _duration;

    public ClusterMetrics(IMeterFactory? meters, ICluster cluster)
    {
        var meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        meter.CreateObservableUpDownCounter(
            "queue_admission.lease.held",
            () => Observe(cluster, queue => queue.Held),
            "{worker}",
            "Workers of a queue of the cluster that this node holds.");
        meter.CreateObservableUpDownCounter(
            "queue_admission.lease.wanted",
            () => Observe(cluster, queue => queue.Nodes.FirstOrDefault(node => node.IsThisNode)?.Wanted ?? 0),
            "{worker}",
            "Workers that this node last requested.");
        meter.CreateObservableGauge(
            "queue_admission.lease.time_to_end",
            () => Observe(cluster, queue => queue.TimeToEnd.TotalSeconds),
            "s",
            "The time until the lease of this node ends unless it is renewed; 0 without a lease.");
        _calls = meter.CreateCounter<long>("queue_admission.lease.calls", "{call}",
            "Calls of this node to the store for its leases, by result: "
            + "written, unchanged, refused (another node was faster), failed.");
        _lost = meter.CreateCounter<long>("queue_admission.lease.lost", "{lease}", "Leases that this node has lost.");
        _duration = meter.CreateHistogram("queue_admission.lease.store.duration", "s",
            "How long a call to the store took, by operation.", tags: null, Durations);
    }

    public void Count(string queue, string result, bool isRenewal) =>
        _calls.Add(
            1,
            new(QueueTag, queue),
            new("queue_admission.lease.result", result),
            new("queue_admission.lease.renewal", isRenewal));

    public void CountLost(string queue) => _lost.Add(1, new KeyValuePair<string, object?>(QueueTag, queue));

    public void RecordStoreCall(string store, string operation, TimeSpan time) =>
        _duration.Record(time.TotalSeconds, new("db.system.name", store), new("db.operation.name", operation));

    private static IEnumerable<Measurement<T>> Observe<T>(ICluster cluster, Func<ClusterQueue, T> read)
        where T : struct =>
        cluster.GetQueues().Select(queue => new Measurement<T>(read(queue), new TagList { { QueueTag, queue.Queue } }));
}
