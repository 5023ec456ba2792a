using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>All instruments of the meter <c>QueueAdmission</c>, for all queues of one program.</summary>
/// <remarks>
/// <para>What the queues' books know anyway is observed: it is read when a listener collects, and costs a job nothing.
/// Only durations are recorded as they happen, and only while there is a listener. Each instrument reads a queue for
/// itself, since meters have no notion of one collection. That is one short lock for each instrument and queue, without
/// an allocation.</para>
/// <para>OpenTelemetry keeps at most 2,000 series of an instrument and adds up the rest in one. So a queue has few
/// series of each. It has most of <c>jobs</c>: 5, and up to 10 with settings or jobs that bring other reasons for
/// refusals. Series by partition are for queues that ask for them.</para>
/// <para>A queue is reported until it is disposed or collected: the list holds no queue alive.</para>
/// </remarks>
internal sealed class QueueMetrics
{
    public const string MeterName = "QueueAdmission";

    // Jobs last from milliseconds, a cached lookup, to minutes, an export or a model's answer.
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries =
            [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    };

    private static readonly RejectionReason[] Reasons = Enum.GetValues<RejectionReason>();

    // A queue in dry run knows these alone.
    private static readonly RejectionReason[] DryRunReasons =
        [RejectionReason.QueueFull, RejectionReason.WaitTimeout, RejectionReason.Draining, RejectionReason.DeadlineTooClose];

    // A disposed queue is not reported.
    private static readonly JobQueueState[] States =
        [JobQueueState.Running, JobQueueState.Paused, JobQueueState.Draining];

    private static readonly Lock FactoriesGate = new();
    private static readonly ConditionalWeakTable<IMeterFactory, QueueMetrics> ByFactory = [];

    private readonly Lock _gate = new();
    private readonly Histogram<double> _waits;
    private readonly Counter<long> _reloads;
    private volatile WeakReference<JobQueue>[] _queues = [];

    // 1 or 0, as it is reported; below 0 before the first reload.
    private volatile int _lastReload = -1;

    private QueueMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter("queue_admission.jobs", () => ObserveMany(Totals), "{job}",
            "Jobs that are over: they ran, were rejected (with the reason), or were abandoned because the caller left while they waited.");
        meter.CreateObservableUpDownCounter("queue_admission.job.running", () => Observe(figures => figures.Running), "{job}",
            "Jobs that hold a worker.");
        meter.CreateObservableUpDownCounter("queue_admission.worker.usage", () => Observe(figures => figures.WorkersInUse), "{worker}",
            "Workers that running jobs hold: more than there are such jobs where some weigh more than one.");
        meter.CreateObservableUpDownCounter("queue_admission.job.waiting", () => Observe(figures => figures.Waiting), "{job}",
            "Jobs that wait for a worker.");
        meter.CreateObservableUpDownCounter("queue_admission.partition.job.waiting", () => ObserveMany(Partitions), "{job}",
            "Jobs that wait for a worker, by partition; only for queues with PartitionMetrics.");
        meter.CreateObservableCounter("queue_admission.dry_run.jobs", () => ObserveMany(DryRun), "{job}",
            "Jobs that a queue in dry run let through and that would have waited, or been rejected (with the reason); absent for other queues.");
        meter.CreateObservableUpDownCounter("queue_admission.worker.limit", () => Observe(figures => figures.Workers), "{worker}",
            "Workers in force: how many jobs may run at once.");
        meter.CreateObservableUpDownCounter("queue_admission.capacity", () => Observe(figures => figures.Places), "{job}",
            "Places in force: how many jobs may wait at once, over all partitions.");
        meter.CreateObservableGauge("queue_admission.longest_wait", () => Observe(figures => figures.LongestWait.TotalSeconds), "s",
            "How long the oldest waiting job has waited; 0 when none waits.");
        meter.CreateObservableGauge("queue_admission.max_wait", () => ObserveMany(MaxWait), "s",
            "How long a job may wait before it is rejected; absent where that is not limited.");
        meter.CreateObservableUpDownCounter("queue_admission.status", () => ObserveMany(Status), "{queue}",
            "1 for the state the queue is in, 0 for the others.");
        meter.CreateObservableUpDownCounter("queue_admission.configuration.good", ObserveLastReload, "{configuration}",
            "1 if the last reload of the configuration was applied, 0 if it was rejected and the settings from before stay in force; absent before the first reload.");
        _reloads = meter.CreateCounter<long>("queue_admission.configuration.reloads", "{reload}",
            "Reloads of the queues' configuration.");
        _waits = meter.CreateHistogram("queue_admission.wait.duration", "s",
            "How long jobs waited that had to wait, by what came of it.", tags: null, Durations);
        JobDurations = meter.CreateHistogram("queue_admission.job.duration", "s",
            "How long jobs held their worker.", tags: null, Durations);
    }

    /// <summary>
    /// The object for all queues of a program, whichever way they were registered. Null if the program has no
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

    /// <summary>
    /// Starts to report the queue. It is reported until it is disposed, or nothing else refers to it.
    /// </summary>
    public void Add(JobQueue queue)
    {
        queue.ReportTo(this);
        lock (_gate)
            _queues = [.. _queues.Where(known => known.TryGetTarget(out _)), new WeakReference<JobQueue>(queue)];
    }

    /// <summary>The queue was disposed.</summary>
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
            // Also some that did not occur yet: a rate can be taken only of a series that was there before.
            if (count > 0 || IsToBeExpected(reason, settings))
                yield return new(
                    count,
                    QueueTag(queue),
                    new(QueueTags.Outcome, QueueTags.Rejected),
                    new(QueueTags.Reason, reason.ToWireName()));
        }
    }

    /// <summary>
    /// Whether a queue with these settings can refuse jobs for this reason, whatever their traits are.
    /// </summary>
    private static bool IsToBeExpected(RejectionReason reason, JobQueueOptions settings) => reason switch
    {
        RejectionReason.QueueFull or RejectionReason.WaitTimeout or RejectionReason.Draining => true,
        RejectionReason.PartitionFull => settings.PartitionByKey,
        RejectionReason.KeyLimit => settings.MaxWorkersPerKey is not null,
        RejectionReason.Shed => settings.OverloadControl,
        RejectionReason.Displaced => settings.Order == System.Threading.RateLimiting.QueueProcessingOrder.NewestFirst,
        // Deadlines and priorities come with jobs.
        _ => false,
    };

    private static IEnumerable<Measurement<long>> DryRun(JobQueue queue)
    {
        if (!queue.Settings.DryRun)
            yield break;
        var snapshot = queue.GetSnapshot();
        yield return new(snapshot.WouldHaveWaited, QueueTag(queue), new(QueueTags.Outcome, QueueTags.Waited));
        foreach (var reason in DryRunReasons)
            yield return new(
                snapshot.WouldHaveRejectedByReason.GetValueOrDefault(reason),
                QueueTag(queue),
                new(QueueTags.Outcome, QueueTags.Rejected),
                new(QueueTags.Reason, reason.ToWireName()));
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
