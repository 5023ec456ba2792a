using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Entrances;

/// <summary>
/// Verifies that a job has the same execution context after a wait as before, and that no code of a waiter runs in the
/// flow that ends the wait.
/// </summary>
public sealed class FlowTests
{
    private static readonly AsyncLocal<string> Local = new();

    [ThreadStatic]
    private static bool t_releasing;

    [Fact]
    public async Task Context_AfterWaiting_IsThatOfTheJobByEveryEntrance()
    {
        using var queue = new JobQueue(Settings(workers: 1));
        var holder = queue.TakeAllWorkers().Single();
        using var activity = new Activity("request").Start();
        Local.Value = "mine";
        var culture = CultureInfo.CurrentCulture = (CultureInfo)CultureInfo.InvariantCulture.Clone();

        var entering = Task.Run(async () =>
        {
            using var lease = await queue.EnterAsync().ConfigureAwait(false);
            return See();
        });
        var running = queue.RunAsync(_ => Task.FromResult(See()));
        var pushed = new List<(string?, Activity?, CultureInfo)>();
        var handle = queue.Push(_ =>
        {
            pushed.Add(See());
            return Task.CompletedTask;
        });
        // The release comes from another flow, which has a different execution context.
        new Thread(() =>
        {
            Local.Value = "the releaser's";
            holder.Dispose();
        }).UnsafeStart();

        await handle;
        Assert.All([await entering, await running, .. pushed], seen => Assert.Equal(("mine", activity, culture), seen));

        static (string?, Activity?, CultureInfo) See() => (Local.Value, Activity.Current, CultureInfo.CurrentCulture);
    }

    public static TheoryData<string, Action<JobQueue, QueueLease, FakeTimeProvider, CancellationTokenSource>> Enders =>
        new()
    {
        { "release", (_, holder, _, _) => holder.Dispose() },
        { "cancellation", (_, _, _, canceller) => canceller.Cancel() },
        { "timeout", (_, _, time, _) => time.Advance(TimeSpan.FromSeconds(1)) },
        { "more workers", (queue, _, _, _) => queue.Update(o => o.Workers = 2) },
        { "drain", (queue, _, _, _) => _ = queue.DrainAsync(rejectWaiting: true) },
        { "dispose", (queue, _, _, _) => queue.Dispose() },
    };

    [Theory]
    [MemberData(nameof(Enders))]
    public async Task Continuation_OfAWaiter_NeverRunsInTheFlowThatEndsTheWait(
        string ender, Action<JobQueue, QueueLease, FakeTimeProvider, CancellationTokenSource> end)
    {
        var time = new FakeTimeProvider();
        using var queue = new JobQueue(Settings(maxWait: TimeSpan.FromSeconds(1)), time);
        var holder = queue.TakeAllWorkers().Single();
        using var canceller = new CancellationTokenSource();
        var waiting = WaitAsync();
        Assert.False(waiting.IsCompleted);

        t_releasing = true;
        end(queue, holder, time, canceller);
        t_releasing = false;

        Assert.False(await waiting, ender);

        async Task<bool> WaitAsync()
        {
            try
            {
                await queue.EnterAsync(canceller.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Only the flow in which the wait continues matters, not its outcome.
            }
            return t_releasing;
        }
    }

    [Fact]
    public async Task Drain_Completed_RunsItsContinuationElsewhere()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var waiting = WaitAsync();

        t_releasing = true;
        holder.Dispose();
        t_releasing = false;

        Assert.False(await waiting);

        async Task<bool> WaitAsync()
        {
            await queue.DrainAsync().ConfigureAwait(false);
            return t_releasing;
        }
    }

    [Fact]
    public void SynchronizationContext_OfTheCaller_IsWhereItGoesOn()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var context = new ManualSynchronizationContext();
        var wentOn = false;
        context.Run(() => _ = WaitAsync());

        holder.Dispose();
        Assert.False(wentOn);
        context.RunPosted();

        Assert.True(wentOn);

        async Task WaitAsync()
        {
            using var lease = await queue.EnterAsync();
            wentOn = SynchronizationContext.Current == context;
        }
    }

    [Fact]
    public async Task SynchronizationContext_ThatTakesNothingMore_LosesNeitherItsWaiterNorTheOthers()
    {
        using var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        var context = new ManualSynchronizationContext();
        Task<bool>? closed = null;
        context.Run(() => closed = WaitAsync());
        var other = queue.Park();
        context.IsClosed = true;

        queue.Update(o => o.Workers = 3);

        other.Admitted();
        Assert.True(await closed!);

        async Task<bool> WaitAsync()
        {
            using var lease = await queue.EnterAsync();
            return lease.IsAdmitted;
        }
    }

    [Fact]
    public void SynchronizationContext_ThatFailsAfterItTookTheCaller_LetsItGoOnOnce()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var context = new ManualSynchronizationContext { ThrowsAfterwards = true };
        var wentOn = 0;
        context.Run(() => queue.Park().GetAwaiter().OnCompleted(() => Interlocked.Increment(ref wentOn)));

        holder.Dispose();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref wentOn) > 0, TimeSpan.FromSeconds(30)));
        context.RunPosted();

        Assert.Equal(1, wentOn);
    }

    [Fact]
    public void SynchronizationContext_ThatRunsEverythingTwice_LetsTheCallerGoOnOnce()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var context = new ManualSynchronizationContext { Repeats = true };
        var wentOn = 0;
        context.Run(() => queue.Park().GetAwaiter().OnCompleted(() => wentOn++));

        holder.Dispose();
        context.RunPosted();

        Assert.Equal(1, wentOn);
    }

    [Fact]
    public async Task TaskScheduler_OfTheCaller_IsWhereItGoesOn()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var waiting =
            Task.Factory.StartNew(WaitAsync, CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap();
        while (queue.GetSnapshot().Waiting == 0)
            await Task.Yield();

        holder.Dispose();

        Assert.Same(scheduler, await waiting);

        async Task<TaskScheduler> WaitAsync()
        {
            using var lease = await queue.EnterAsync();
            return TaskScheduler.Current;
        }
    }
}
