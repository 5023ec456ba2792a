using System.Diagnostics.Metrics;
using QueueAdmission.Doubles;

namespace QueueAdmission.Diagnostics;

public sealed class InstrumentTests
{
    [Fact]
    public void Meter_Listened_HasTheseInstruments()
    {
        using var measured = new MeasuredQueue();

        using var watch = new MeterWatch(measured.Meters);

        Assert.Equal(
            [
                "queue_admission.capacity ObservableUpDownCounter {job}",
                "queue_admission.configuration.good ObservableUpDownCounter {configuration}",
                "queue_admission.configuration.reloads Counter {reload}",
                "queue_admission.dry_run.jobs ObservableCounter {job}",
                "queue_admission.job.duration Histogram s",
                "queue_admission.job.running ObservableUpDownCounter {job}",
                "queue_admission.job.waiting ObservableUpDownCounter {job}",
                "queue_admission.jobs ObservableCounter {job}",
                "queue_admission.longest_wait ObservableGauge s",
                "queue_admission.max_wait ObservableGauge s",
                "queue_admission.partition.job.waiting ObservableUpDownCounter {job}",
                "queue_admission.status ObservableUpDownCounter {queue}",
                "queue_admission.wait.duration Histogram s",
                "queue_admission.worker.limit ObservableUpDownCounter {worker}",
                "queue_admission.worker.usage ObservableUpDownCounter {worker}",
            ],
            watch.Instruments.Select(instrument => $"{instrument.Name} {KindOf(instrument)} {instrument.Unit}").Order(
                StringComparer.Ordinal));
        Assert.All(watch.Instruments, instrument => Assert.EndsWith(".", instrument.Description));
    }

    [Fact]
    public void Histograms_Advice_ReachesFromMillisecondsToMinutes()
    {
        using var measured = new MeasuredQueue();
        using var watch = new MeterWatch(measured.Meters);

        Assert.All(watch.Instruments.OfType<Histogram<double>>(), histogram =>
        {
            var bounds = histogram.Advice!.HistogramBucketBoundaries!;
            Assert.Equal((0.001, 300), (bounds[0], bounds[^1]));
            Assert.Equal(bounds.Order().Distinct(), bounds);
        });
    }

    [Fact]
    public async Task Meter_AfterEveryOutcome_ReportsExactlyTheseSeries()
    {
        using var measured = new MeasuredQueue(workers: 1, partitions: 2, capacity: 1);
        using var watch = new MeterWatch(measured.Meters);
        var queue = measured.Queue;
        using var leaves = new CancellationTokenSource();

        var first = queue.TryEnter();
        var granted = queue.Park();
        var left = queue.Park(leaves.Token);
        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync(TestContext.Current.CancellationToken).Refused());
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await left);
        measured.Clock.Advance(TimeSpan.FromSeconds(2));
        first.Dispose();
        var second = await granted;
        var late = queue.Park();
        measured.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(RejectionReason.WaitTimeout, (await late).Rejection!.Value.Reason);
        _ = queue.Park();
        measured.Clock.Advance(TimeSpan.FromSeconds(3));

        var queueTag = "queue_admission.queue=render";
        var rejected = $"queue_admission.outcome=rejected,{queueTag},queue_admission.reason";
        Assert.Equal(
            [
                $"queue_admission.capacity{{{queueTag}}} 2",
                $"queue_admission.job.duration{{{queueTag}}} 2",
                $"queue_admission.job.running{{{queueTag}}} 1",
                $"queue_admission.job.waiting{{{queueTag}}} 1",
                $"queue_admission.jobs{{queue_admission.outcome=abandoned,{queueTag}}} 1",
                $"queue_admission.jobs{{queue_admission.outcome=ran,{queueTag}}} 1",
                $"queue_admission.jobs{{{rejected}=draining}} 0",
                $"queue_admission.jobs{{{rejected}=queue_full}} 1",
                $"queue_admission.jobs{{{rejected}=wait_timeout}} 1",
                $"queue_admission.longest_wait{{{queueTag}}} 3",
                $"queue_admission.max_wait{{{queueTag}}} 10",
                $"queue_admission.status{{{queueTag},queue_admission.state=draining}} 0",
                $"queue_admission.status{{{queueTag},queue_admission.state=paused}} 0",
                $"queue_admission.status{{{queueTag},queue_admission.state=running}} 1",
                $"queue_admission.wait.duration{{queue_admission.outcome=abandoned,{queueTag}}} 0",
                $"queue_admission.wait.duration{{queue_admission.outcome=admitted,{queueTag}}} 2",
                $"queue_admission.wait.duration{{{rejected}=wait_timeout}} 10",
                $"queue_admission.worker.limit{{{queueTag}}} 1",
                $"queue_admission.worker.usage{{{queueTag}}} 1",
            ],
            watch.Collect().Order(StringComparer.Ordinal));
        second.Dispose();
    }

    [Fact]
    public void MaxWait_Infinite_HasNoSeries()
    {
        using var measured = new MeasuredQueue(maxWait: Timeout.InfiniteTimeSpan);
        using var watch = new MeterWatch(measured.Meters);

        Assert.Empty(watch.Collect("queue_admission.max_wait"));
    }

    [Fact]
    public void Partitions_WhereAskedFor_HaveASeriesEach()
    {
        using var measured = new MeasuredQueue(partitions: 2);
        using var watch = new MeterWatch(measured.Meters);
        using var holder = measured.Queue.TryEnter();
        _ = measured.Queue.Park();

        Assert.Empty(watch.Collect("queue_admission.partition.job.waiting"));
        measured.Queue.Update(options => options.PartitionMetrics = true);
        Assert.Equal(["0 render 1", "1 render 0"], watch.Collect("queue_admission.partition.job.waiting"));
        measured.Queue.Update(options => options.PartitionMetrics = false);
        Assert.Empty(watch.Collect("queue_admission.partition.job.waiting"));
    }

    /// <summary>
    /// Computing a rate requires a series before the first refusal. A reason that cannot occur needs no series.
    /// </summary>
    [Fact]
    public void Reasons_OfAQueue_AreThoseOfItsSettingsAndThoseThatOccurred()
    {
        using var measured = new MeasuredQueue();
        using var watch = new MeterWatch(measured.Meters);
        Assert.Equal(["queue_full 0", "wait_timeout 0", "draining 0"], Reasons());

        measured.Queue.Update(
            options => (options.PartitionByKey, options.MaxWorkersPerKey, options.OverloadControl) = (true, 1, true));
        Assert.Equal(
            ["queue_full 0", "wait_timeout 0", "draining 0", "partition_full 0", "key_limit 0", "shed 0"], Reasons());

        measured.Queue.Update(options =>
            (options.PartitionByKey, options.MaxWorkersPerKey, options.OverloadControl) = (false, null, false));
        measured.Queue.Update(
            options => options.Order = System.Threading.RateLimiting.QueueProcessingOrder.NewestFirst);
        measured.Queue.TryEnter(new JobTraits { Deadline = TimeSpan.Zero });
        Assert.Equal(
            ["queue_full 0", "wait_timeout 0", "draining 0", "deadline_too_close 1", "displaced 0"], Reasons());

        IEnumerable<string> Reasons() => watch.Collect("queue_admission.jobs")
            .Where(line => line.StartsWith("rejected", StringComparison.Ordinal)).Select(
                line => line.Replace("rejected render ", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Reasons_InDryRun_AreThoseThatItKnows()
    {
        using var measured = new MeasuredQueue();
        using var watch = new MeterWatch(measured.Meters);
        measured.Queue.Update(options => options.DryRun = true);

        Assert.Equal(
            [
                "waited render 0",
                "rejected render queue_full 0",
                "rejected render wait_timeout 0",
                "rejected render draining 0",
                "rejected render deadline_too_close 0",
            ],
            watch.Collect("queue_admission.dry_run.jobs"));
    }

    [Fact]
    public void Status_Changed_IsTheOnlyStateThatIsOne()
    {
        using var measured = new MeasuredQueue();
        using var watch = new MeterWatch(measured.Meters);

        measured.Queue.Pause();
        Assert.Equal(["render paused 1"], watch.Collect("queue_admission.status").Where(line => line.EndsWith('1')));
        _ = measured.Queue.DrainAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["render draining 1"], watch.Collect("queue_admission.status").Where(line => line.EndsWith('1')));
    }

    [Fact]
    public void Queue_Disposed_IsNotReportedAnyMore()
    {
        using var measured = new MeasuredQueue();
        using var watch = new MeterWatch(measured.Meters);
        Assert.NotEmpty(watch.Collect());

        measured.Queue.Dispose();

        Assert.Empty(watch.Collect());
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0];
}
