using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>The instruments of the meter <c>QueueAdmission</c>, for all queues of one program.</summary>
/// <remarks>
/// <para>Values that a queue keeps in any case are reported by observable instruments. They are read only when a
/// listener collects, and add no cost to a job. Only durations are recorded when they occur, and only while there is a
/// listener. Each observable instrument reads each queue separately, because meters do not group instruments into one
/// collection. Each such read takes the queue's lock briefly.</para>
/// <para>By default, OpenTelemetry keeps at most 2,000 series per instrument and combines the rest into one. A queue
/// therefore has few series per instrument. The instrument <c>jobs</c> has the most: 5 per queue, and up to 11 if
/// settings or jobs lead to further reasons for refusals. Series per partition exist only for queues with
/// <see cref="JobQueueOptions.PartitionMetrics"/>.</para>
/// <para>A queue is reported until it is disposed or garbage-collected. The list holds only weak references.</para>
/// </remarks>
internal sealed class QueueMetrics
{
    public const string MeterName = "QueueAdmission";

    // Jobs last from milliseconds (a cached lookup) to minutes (an export or a long stream).
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries =
            [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    };

    private static readonly RejectionReason[] Reasons = Enum.GetValues<RejectionReason>();

    // The reasons that a queue in dry run reports before they occur. Others are reported once they have occurred.
    private static readonly RejectionReason[] DryRunReasons =
        [
            RejectionReason.QueueFull, RejectionReason.WaitTimeout, RejectionReason.Draining,
            RejectionReason.DeadlineTooClose,
        ];

    // A disposed queue is not reported.
    private static readonly JobQueueState[] States =
        [JobQueueState.Running, JobQueueState.Paused, JobQueueState.Draining];

    private static readonly Lock FactoriesGate = new();
    private static readonly ConditionalWeakTable<IMeterFactory, QueueMetrics> ByFactory = [];

    private readonly Lock _gate = new();
    private readonly Histogram<double> _waits;
    private readonly Counter<long> _reloads;
    private volatile WeakReference<JobQueue>[] _queues = [];

    // The reported value, 1 or 0. Negative before the first reload.
    private volatile int _lastReload = -1;

    private QueueMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter("queue_admission.jobs", () => ObserveMany(Totals), "{job}",
            "Jobs that have ended: they ran, were rejected (with the reason), "
            + "or were abandoned because the caller left while they waited.");
        meter.CreateObservableUpDownCounter(
            "queue_admission.job.running", () => Observe(figures => figures.Running), "{job}",
            "Jobs that hold a worker.");
        meter.CreateObservableUpDownCounter(
            "queue_admission.worker.usage", () => Observe(figures => figures.WorkersInUse), "{worker}",
            "Workers that running jobs hold. More than the running jobs if a job has a weight above 1.");
        meter.CreateObservableUpDownCounter(
            "queue_admission.job.waiting", () => Observe(figures => figures.Waiting), "{job}",
            "Jobs that wait for a worker.");
        meter.CreateObservableUpDownCounter(
            "queue_admission.partition.job.waiting", () => ObserveMany(Partitions), "{job}",
            "Jobs that wait for a worker, by partition; only for queues with PartitionMetrics.");
        meter.CreateObservableCounter("queue_admission.dry_run.jobs", () => ObserveMany(DryRun), "{job}",
            "Jobs that a queue in dry run let through and that would have waited, or been rejected (with the reason); "
            + "absent for other queues.");
        meter.CreateObservableUpDownCounter(
            "queue_admission.worker.limit", () => Observe(figures => figures.Workers), "{worker}",
            "Workers in force: how many jobs may run at once.");
        meter.CreateObservableUpDownCounter(
            "queue_admission.capacity", () => Observe(figures => figures.Places), "{job}",
            "Places in force: how many jobs may wait at once, over all partitions.");
        meter.CreateObservableGauge(
            "queue_admission.longest_wait", () => Observe(figures => figures.LongestWait.TotalSeconds), "s",
            "How long the oldest waiting job has waited; 0 if none waits.");
        meter.CreateObservableGauge("queue_admission.max_wait", () => ObserveMany(MaxWait), "s",
            "How long a job may wait before it is rejected; absent if there is no limit.");
        meter.CreateObservableUpDownCounter("queue_admission.status", () => ObserveMany(Status), "{queue}",
            "1 for the current state of the queue, 0 for the other states.");
        meter.CreateObservableUpDownCounter("queue_admission.configuration.good", ObserveLastReload, "{configuration}",
            "1 if the last reload of the configuration was applied, 0 if it was rejected and the previous settings "
            + "stay in force; absent before the first reload.");
        _reloads = meter.CreateCounter<long>("queue_admission.configuration.reloads", "{reload}",
            "Reloads of the queues' configuration.");
        _waits = meter.CreateHistogram("queue_admission.wait.duration", "s",
            "How long jobs waited, by outcome. Jobs that did not have to wait are not included.",
            tags: null, Durations);
        JobDurations = meter.CreateHistogram("queue_admission.job.duration", "s",
            "How long jobs held their worker.", tags: null, Durations);
    }

    /// <summary>
    /// Returns the instance for all queues of a program, however they were registered. Null if the program has no
    /// <see cref="IMeterFactory"/>.
    /// </summary>
    public static QueueMetrics? For(IServiceProvider services)
    {
        if (services.GetService<IMeterFactory>() is not { } meters)
            return null;
        lock (FactoriesGate)
        {
            if (!ByFactory.TryGetValue(meters, out var metrics))
                ByFactory.Add(meters, metrics = new QueueMetrics(meters));
            return metrics;
        }
    }

    public Histogram<double> JobDurations { get; }

    /// <summary>Starts to report a queue. It is reported until it is disposed or garbage-collected.</summary>
    public void Add(JobQueue queue)
    {
        queue.ReportTo(this);
        lock (_gate)
            _queues = [.. _queues.Where(known => known.TryGetTarget(out _)), new WeakReference<JobQueue>(queue)];
    }

    /// <summary>Stops reporting a disposed queue.</summary>
    public void Remove(JobQueue queue)
    {
        lock (_gate)
            _queues = [.. _queues.Where(known => known.TryGetTarget(out var other) && other != queue)];
    }

    public void RecordWait(JobQueue queue, in Admission admission)
    {
        if (!_waits.Enabled)
            return;
        var tags = new TagList { QueueTag(queue), new(QueueTags.Outcome, QueueTags.OutcomeOf(admission.Status)) };
        if (admission.Status == AdmissionStatus.Rejected)
            tags.Add(QueueTags.Reason, admission.Rejection.Reason.ToWireName());
        ForeignCode.Run((Waits: _waits, queue.ToTimeSpan(admission.WaitedTimestampTicks).TotalSeconds, Tags: tags),
            static wait => wait.Waits.Record(wait.TotalSeconds, wait.Tags));
    }

    public void RecordJob(JobQueue queue, TimeSpan duration) =>
        ForeignCode.Run(
            (JobDurations, duration.TotalSeconds, Tag: QueueTag(queue)),
            static job => job.JobDurations.Record(job.TotalSeconds, job.Tag));

    public void CountReload(bool taken)
    {
        _lastReload = taken ? 1 : 0;
        var tag = new KeyValuePair<string, object?>(QueueTags.Result, taken ? QueueTags.Applied : QueueTags.Rejected);
        ForeignCode.Run((Reloads: _reloads, Tag: tag), static reload => reload.Reloads.Add(1, reload.Tag));
    }

    private static KeyValuePair<string, object?> QueueTag(JobQueue queue) => new(QueueTags.Queue, queue.Name);

    private IEnumerable<Measurement<T>> Observe<T>(Func<QueueFigures, T> read)
        where T : struct => Living().Select(queue => new Measurement<T>(read(queue.ReadFigures()), QueueTag(queue)));

    private IEnumerable<Measurement<T>> ObserveMany<T>(Func<JobQueue, IEnumerable<Measurement<T>>> read)
        where T : struct => Living().SelectMany(read);

    private IEnumerable<JobQueue> Living()
    {
        foreach (var known in _queues)
        {
            if (known.TryGetTarget(out var queue) && !queue.IsUnused)
                yield return queue;
        }
    }

    private static IEnumerable<Measurement<long>> Totals(JobQueue queue)
    {
        var figures = queue.ReadFigures();
        yield return new(figures.Ran, QueueTag(queue), new(QueueTags.Outcome, QueueTags.Ran));
        yield return new(figures.Abandoned, QueueTag(queue), new(QueueTags.Outcome, QueueTags.Abandoned));
        var settings = queue.Settings;
        foreach (var reason in Reasons)
        {
            var count = queue.CountRejected(reason);
            // Some reasons are reported before they occur: a rate can be computed only for a series that already
            // exists.
            if (count > 0 || IsToBeExpected(reason, settings))
                yield return new(
                    count,
                    QueueTag(queue),
                    new(QueueTags.Outcome, QueueTags.Rejected),
                    new(QueueTags.Reason, reason.ToWireName()));
        }
    }

    /// <summary>
    /// Whether the series of this reason is reported before the first such refusal, because the settings make the
    /// reason possible.
    /// </summary>
    private static bool IsToBeExpected(RejectionReason reason, JobQueueOptions settings) => reason switch
    {
        RejectionReason.QueueFull or RejectionReason.WaitTimeout or RejectionReason.Draining => true,
        RejectionReason.PartitionFull => settings.PartitionByKey,
        RejectionReason.KeyLimit => settings.MaxWorkersPerKey is not null,
        RejectionReason.Shed => settings.OverloadControl,
        RejectionReason.Displaced => settings.Order == System.Threading.RateLimiting.QueueProcessingOrder.NewestFirst,
        // The other reasons depend on deadlines and priorities of jobs, or on what the queue has learned about its
        // clients.
        _ => false,
    };

    private static IEnumerable<Measurement<long>> DryRun(JobQueue queue)
    {
        if (!queue.Settings.DryRun)
            yield break;
        var snapshot = queue.GetSnapshot();
        yield return new(snapshot.WouldHaveWaited, QueueTag(queue), new(QueueTags.Outcome, QueueTags.Waited));
        foreach (var reason in Reasons)
        {
            var count = snapshot.WouldHaveRejectedByReason.GetValueOrDefault(reason);
            if (count > 0 || DryRunReasons.Contains(reason))
                yield return new(
                    count,
                    QueueTag(queue),
                    new(QueueTags.Outcome, QueueTags.Rejected),
                    new(QueueTags.Reason, reason.ToWireName()));
        }
    }

    private static IEnumerable<Measurement<int>> Partitions(JobQueue queue)
    {
        if (!queue.Settings.PartitionMetrics)
            return [];
        return queue.CountWaitingByPartition().Select((waiting, partition) =>
            new Measurement<int>(waiting, QueueTag(queue), new(QueueTags.Partition, partition)));
    }

    private static IEnumerable<Measurement<double>> MaxWait(JobQueue queue)
    {
        if (queue.Settings.MaxWait is var limit && limit != Timeout.InfiniteTimeSpan)
            yield return new(limit.TotalSeconds, QueueTag(queue));
    }

    private static IEnumerable<Measurement<int>> Status(JobQueue queue)
    {
        var current = queue.ReadFigures().State;
        return States.Select(state => new Measurement<int>(
            state == current ? 1 : 0, QueueTag(queue), new(QueueTags.State, QueueTags.ValueOf(state))));
    }

    private IEnumerable<Measurement<int>> ObserveLastReload()
    {
        if (_lastReload is >= 0 and var good)
            yield return new(good);
    }
}
