using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Patience;

/// <summary>
/// Tests a queue with one worker whose jobs take a second, and whose clients leave after some seconds.
/// </summary>
public sealed class AdaptiveMaxWaitTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void WastedJobs_MakeTheQueueRefuseThoseThatWouldWaitTooLong()
    {
        using var queue = Waste(new JobQueueOptions());

        Assert.Equal(PatienceState.Acting, queue.GetSnapshot().Patience!.State);
        Assert.Equal(RejectionReason.ExpectedWaitTooLong, queue.EnterAsync().Refused());
    }

    [Fact]
    public void Clients_ThatLeaveFromTheLine_ChangeNothing()
    {
        using var queue = Waste(new JobQueueOptions(), reports: false);
        using var canceller = new CancellationTokenSource();
        for (var i = 0; i < 50; i++)
            _ = queue.EnterAsync(canceller.Token).AsTask();

        canceller.Cancel();

        Assert.Equal(PatienceState.Learning, queue.GetSnapshot().Patience!.State);
        Assert.False(queue.EnterAsync().IsCompleted);
    }

    [Fact]
    public void Clients_ThatLeaveThoughTheWaitWasShorterThanTheWork_ChangeNothing()
    {
        using var queue = Waste(new JobQueueOptions(), waited: Second / 2);

        Assert.Equal(PatienceState.Learning, queue.GetSnapshot().Patience!.State);
    }

    [Fact]
    public void Setting_ThatIsOff_RefusesNoRequest()
    {
        using var queue = Waste(new JobQueueOptions());

        queue.Update(o => o.AdaptiveMaxWait = false);

        Assert.Null(queue.GetSnapshot().Patience);
        Assert.False(queue.EnterAsync().IsCompleted);
    }

    [Fact]
    public void DryRun_AfterTheQueueHasLearned_ReportsWhatItWouldHaveRefused()
    {
        using var measured = new MeasuredQueue(capacity: 1_000, maxWait: Timeout.InfiniteTimeSpan);
        using var watch = new MeterWatch(measured.Meters);
        Waste(measured.Queue, measured.Clock);

        measured.Queue.Update(options => options.DryRun = true);
        // The dry run measures how long jobs run before it can expect a wait.
        var first = measured.Queue.TryEnter();
        measured.Clock.Advance(Second);
        first.Dispose();
        for (var i = 0; i < 60; i++)
            measured.Queue.EnterAsync().Admitted();

        var counted = measured.Queue.GetSnapshot().WouldHaveRejectedByReason[RejectionReason.ExpectedWaitTooLong];
        Assert.InRange(counted, 1, 60);
        Assert.Contains(
            $"rejected render expected_wait_too_long {counted}", watch.Collect("queue_admission.dry_run.jobs"));
    }

    [Fact]
    public void PushedJobs_AreNotRefused()
    {
        using var queue = Waste(new JobQueueOptions());

        Assert.False(queue.Push(_ => Task.CompletedTask).Completion.IsCompleted);
    }

    [Fact]
    public void Key_WhoseJobsAreWasted_DoesNotDecideForOthers()
    {
        using var queue = Waste(new JobQueueOptions { PartitionByKey = true }, key: "a");

        Assert.Equal(RejectionReason.ExpectedWaitTooLong, queue.EnterAsync(new JobTraits { Key = "a" }).Refused());
        Assert.All(
            Enumerable.Range(0, 30).Select(_ => queue.EnterAsync(new JobTraits { Key = "b" })).ToList(),
            entering => Assert.False(entering.IsCompleted));
    }

    /// <summary>
    /// Runs jobs that have waited, and reports each of them as wasted. Many other jobs still wait at the end.
    /// </summary>
    private JobQueue Waste(JobQueueOptions options, bool reports = true, TimeSpan? waited = null, string? key = null)
    {
        (options.Workers, options.PartitionCapacity, options.MaxWait) = (1, 1_000, Timeout.InfiniteTimeSpan);
        var queue = new JobQueue(options, _time);
        Waste(queue, _time, reports, waited, key);
        return queue;
    }

    private static void Waste(
        JobQueue queue, FakeTimeProvider time, bool reports = true, TimeSpan? waited = null, string? key = null)
    {
        var traits = new JobTraits { Key = key };
        var running = queue.TryEnter(traits);
        var waiting = Enumerable.Range(0, 60).Select(_ => queue.EnterAsync(traits)).ToArray();
        for (var i = 0; i < 20; i++)
        {
            time.Advance(Second);
            if (reports && i >= 3)
                queue.ReportWasted(key, (waited ?? 5 * Second).Ticks, (6 * Second).Ticks);
            running.Dispose();
            running = waiting[i].Admitted();
        }
    }
}
