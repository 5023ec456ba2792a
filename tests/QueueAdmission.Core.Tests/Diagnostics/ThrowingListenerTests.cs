using System.Diagnostics;
using QueueAdmission.Doubles;

namespace QueueAdmission.Diagnostics;

/// <summary>
/// Verifies that exceptions thrown by metric listeners, which are foreign code, have no effect on the queue.
/// </summary>
public sealed class ThrowingListenerTests : IDisposable
{
    private readonly MeasuredQueue _measured = new(capacity: 3);

    private JobQueue Queue => _measured.Queue;

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task Meter_Throws_EveryJobGetsWhatItWouldHaveGot()
    {
        using var watch = new MeterWatch(
            _measured.Meters, "queue_admission.wait.duration", "queue_admission.job.duration")
        {
            Throws = true,
        };
        var holder = Queue.TryEnter();
        var entering = Queue.Park();
        var running = Queue.RunAsync(_ => Task.FromResult(7), TestContext.Current.CancellationToken);
        var pushed = Queue.Push(_ => Task.CompletedTask, TestContext.Current.CancellationToken);

        holder.Dispose();
        (await entering).Dispose();

        Assert.Equal(7, await running);
        Assert.Equal(JobStatus.Ran, (await pushed).Status);
        var direct = await Queue.Push(_ => Task.CompletedTask, TestContext.Current.CancellationToken);
        Assert.Equal(JobStatus.Ran, direct.Status);
        Assert.Equal((0, 0, 5L), (Queue.GetSnapshot().Running, Queue.GetSnapshot().Waiting, Queue.GetSnapshot().Ran));
        // The listener received all five jobs and the three waits, and threw for each of them.
        Assert.Equal(5, watch.Collect("queue_admission.job.duration").Count);
    }

    [Fact]
    public async Task Meter_Throws_ARefusalAndACancellationStayWhatTheyAre()
    {
        using var watch = new MeterWatch(_measured.Meters, "queue_admission.wait.duration") { Throws = true };
        using var canceller = new CancellationTokenSource();
        using var holder = Queue.TryEnter();
        var late = Queue.Park(TestContext.Current.CancellationToken);
        var left = Queue.Park(canceller.Token);

        await canceller.CancelAsync();
        _measured.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(RejectionReason.WaitTimeout, late.Refused());
        Assert.Equal(
            canceller.Token,
            (await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await left)).CancellationToken);
        Assert.Equal(2, watch.Collect("queue_admission.wait.duration").Count);
    }

    [Fact]
    public void Meter_Throws_AReloadIsCountedAllTheSame()
    {
        using var watch = new MeterWatch(_measured.Meters, "queue_admission.configuration.reloads") { Throws = true };

        Queue.Metrics!.CountReload(taken: true);

        Assert.Equal(["applied 1"], watch.Collect("queue_admission.configuration.reloads"));
    }

    [Theory]
    [InlineData("sample")]
    [InlineData("start")]
    [InlineData("stop")]
    public async Task Activity_ListenerThrows_TheJobRunsInItsOwnActivity(string when)
    {
        var name = $"throws-at-{when}";
        using var queue = new JobQueue(Staging.Settings(), _measured.Clock, name);
        var thrown = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == QueueMetrics.MeterName,
            Sample = (ref options) =>
            {
                ThrowIf("sample", options.Name);
                return ActivitySamplingResult.AllDataAndRecorded;
            },
            ActivityStarted = span => ThrowIf("start", span.OperationName),
            ActivityStopped = span => ThrowIf("stop", span.OperationName),
        };
        ActivitySource.AddActivityListener(listener);
        var holder = queue.TryEnter();
        var waiting = WaitAsync();

        holder.Dispose();

        Assert.True(await waiting);
        Assert.Equal(1, thrown);
        Assert.Equal((0, 2L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));

        async Task<bool> WaitAsync()
        {
            using var request = new Activity("request").Start();
            using var lease = await queue.EnterAsync(TestContext.Current.CancellationToken);
            return lease.IsAdmitted && Activity.Current == request;
        }

        void ThrowIf(string moment, string span)
        {
            if (moment != when || span != $"wait {name}")
                return;
            thrown++;
            throw new InvalidOperationException("A listener that throws.");
        }
    }

    [Fact]
    public async Task Activity_WithoutOneOfTheCaller_LeavesNoneCurrentWhenAListenerThrows()
    {
        using var queue = new JobQueue(Staging.Settings(), _measured.Clock, "throws-alone");
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == QueueMetrics.MeterName,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = static span =>
            {
                if (span.OperationName == "wait throws-alone")
                    throw new InvalidOperationException("A listener that throws.");
            },
        };
        ActivitySource.AddActivityListener(listener);
        var holder = queue.TryEnter();
        var waiting = WaitAsync();

        holder.Dispose();

        Assert.Null(await waiting);

        async Task<Activity?> WaitAsync()
        {
            Activity.Current = null;
            using var lease = await queue.EnterAsync(TestContext.Current.CancellationToken);
            return Activity.Current;
        }
    }

    [Fact]
    public async Task RefusalCallback_Throws_EndsNothing()
    {
        using var queue = new JobQueue(Staging.Settings(capacity: 0), _measured.Clock);
        queue.TakeAllWorkers();
        var called = new TaskCompletionSource();
        Assert.True(queue.TryAwaitRefusal(
            _ =>
            {
                called.SetResult();
                throw new InvalidOperationException("A log provider with a full disk.");
            },
            known: 0));

        queue.TryEnter();
        await called.Task;

        var told = new TaskCompletionSource<RejectionReason>();
        Assert.True(queue.TryAwaitRefusal(told.SetResult, known: 1));
        queue.TryEnter();
        Assert.Equal(RejectionReason.QueueFull, await told.Task);
    }
}
