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
                "queue_admission.jobs ObservableCounter {job}",
                "queue_admission.longest_wait ObservableGauge s",
                "queue_admission.max_wait ObservableGauge s",
                "queue_admission.partition.waiting_jobs ObservableUpDownCounter {job}",
                "queue_admission.running_jobs ObservableUpDownCounter {job}",
                "queue_admission.status ObservableUpDownCounter {queue}",
                "queue_admission.wait.duration Histogram s",
                "queue_admission.waiting_jobs ObservableUpDownCounter {job}",
                "queue_admission.workers ObservableUpDownCounter {worker}",
                "queue_admission.workers_in_use ObservableUpDownCounter {worker}",
            ],
            watch.Instruments.Select(instrument => $"{instrument.Name} {KindOf(instrument)} {instrument.Unit}").Order(StringComparer.Ordinal));
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
        Assert.Equal(
            [
                $"queue_admission.capacity{{{queueTag}}} 2",
                $"queue_admission.job.duration{{{queueTag}}} 2",
                $"queue_admission.jobs{{queue_admission.outcome=abandoned,{queueTag}}} 1",
                $"queue_admission.jobs{{queue_admission.outcome=ran,{queueTag}}} 1",
                .. Enum.GetValues<RejectionReason>().Select(reason =>
                    $"queue_admission.jobs{{queue_admission.outcome=rejected,{queueTag},queue_admission.reason={reason.ToWireName()}}} {(reason is RejectionReason.QueueFull or RejectionReason.WaitTimeout ? 1 : 0)}")
                    .Order(StringComparer.Ordinal),
                $"queue_admission.longest_wait{{{queueTag}}} 3",
                $"queue_admission.max_wait{{{queueTag}}} 10",
                $"queue_admission.partition.waiting_jobs{{queue_admission.partition=0,{queueTag}}} 0",
                $"queue_admission.partition.waiting_jobs{{queue_admission.partition=1,{queueTag}}} 1",
                $"queue_admission.running_jobs{{{queueTag}}} 1",
                $"queue_admission.status{{{queueTag},queue_admission.state=disposed}} 0",
                $"queue_admission.status{{{queueTag},queue_admission.state=draining}} 0",
                $"queue_admission.status{{{queueTag},queue_admission.state=paused}} 0",
                $"queue_admission.status{{{queueTag},queue_admission.state=running}} 1",
                $"queue_admission.wait.duration{{queue_admission.outcome=abandoned,{queueTag}}} 0",
                $"queue_admission.wait.duration{{queue_admission.outcome=admitted,{queueTag}}} 2",
                $"queue_admission.wait.duration{{queue_admission.outcome=rejected,{queueTag},queue_admission.reason=wait_timeout}} 10",
                $"queue_admission.waiting_jobs{{{queueTag}}} 1",
                $"queue_admission.workers_in_use{{{queueTag}}} 1",
                $"queue_admission.workers{{{queueTag}}} 1",
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
    public void Partitions_MoreThanTheBound_HaveNoSeriesOfTheirOwn()
    {
        using var measured = new MeasuredQueue(partitions: 64);
        using var watch = new MeterWatch(measured.Meters);

        Assert.Equal(64, watch.Collect("queue_admission.partition.waiting_jobs").Count);
        measured.Queue.Update(options => options.Partitions = 65);
        Assert.Empty(watch.Collect("queue_admission.partition.waiting_jobs"));
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
        measured.Queue.Dispose();
        Assert.Equal(["render disposed 1"], watch.Collect("queue_admission.status").Where(line => line.EndsWith('1')));
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0];
}
