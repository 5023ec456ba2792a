using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Engine;

/// <summary>
/// Verifies what happens between two locked sections when many waiters are refused at once. A synchronization context
/// runs the action of a test in between, when the first section wakes one of its waiters.
/// </summary>
public sealed class SectionTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Worker_ThatIsFreeBetweenSections_GoesToTheOldestWaiterThatIsLeft(bool byKey)
    {
        using var queue = Queue(byKey, maxWait: Second);
        var running = queue.TryEnter();
        var old = queue.ParkMany(6);
        _time.Advance(Second / 2);
        var young = queue.ParkMany(2);
        (bool WasFirst, int Waiting, bool Entered) between = default;
        var newcomer = default(ValueTask<QueueLease>);
        WhenWoken(old[0], () =>
        {
            running.Dispose();
            between = (!young[0].IsCompleted, queue.GetSnapshot().Waiting, queue.TryEnter().IsAdmitted);
            newcomer = queue.EnterAsync();
        });

        _time.Advance(Second / 2);

        Assert.Equal((true, 6, false), between);
        Assert.All(old, waiter => Assert.Equal(RejectionReason.WaitTimeout, waiter.Refused()));
        Assert.False(young[1].IsCompleted);
        young[0].Admitted().Dispose();
        young[1].Admitted().Dispose();
        newcomer.Admitted().Dispose();
        Assert.Equal((0, 0), (queue.GetSnapshot().Waiting, queue.GetSnapshot().Running));
    }

    [Fact]
    public void Drain_ThatIsResumedBetweenSections_KeepsTheWaitersThatAreLeft()
    {
        using var queue = Queue();
        var running = queue.TryEnter();
        var waiting = queue.ParkMany(5);
        WhenWoken(waiting[0], queue.Resume);

        var drained = queue.DrainAsync(rejectWaiting: true);

        Assert.True(drained.IsCanceled);
        Assert.Equal([0], waiting.Answered());
        running.Dispose();
        Assert.Equal([0, 1], waiting.Answered());
        waiting[1].Admitted();
    }

    [Fact]
    public async Task Drain_IsDoneWhenTheLastWaiterHasLeft()
    {
        using var queue = Queue();
        queue.Pause();
        var waiting = queue.ParkMany(5);
        Task drained = Task.CompletedTask;
        var wasDone = true;
        WhenWoken(waiting[0], () => wasDone = queue.DrainAsync().IsCompleted);

        drained = queue.DrainAsync(rejectWaiting: true);

        Assert.False(wasDone);
        Assert.All(waiting, waiter => Assert.Equal(RejectionReason.Draining, waiter.Refused()));
        await drained;
    }

    [Fact]
    public void Stop_WhoseNextWaiterLeavesBetweenSections_RefusesTheOthers()
    {
        using var queue = Queue();
        var running = queue.TryEnter();
        using var leaving = new CancellationTokenSource();
        var first = queue.Park();
        var second = queue.Park(leaving.Token);
        queue.Push(_ => Task.CompletedTask, TestContext.Current.CancellationToken);
        var third = queue.Park();
        WhenWoken(first, leaving.Cancel);

        queue.RefuseCallers();

        Assert.Equal(RejectionReason.Draining, third.Refused());
        Assert.True(second.IsCanceled);
        Assert.Equal(1, queue.GetSnapshot().Waiting);
        running.Dispose();
    }

    [Fact]
    public void Disposal_BetweenSectionsOfADrain_RefusesAll()
    {
        var queue = Queue(maxWait: Second);
        var running = queue.TryEnter();
        var waiting = queue.ParkMany(5);
        WhenWoken(waiting[0], queue.Dispose);

        queue.DrainAsync(rejectWaiting: true);

        Assert.All(waiting, waiter => Assert.Equal(RejectionReason.Draining, waiter.Refused()));
        _time.Advance(2 * Second);
        running.Dispose();
        Assert.Equal((0, 0), (queue.GetSnapshot().Waiting, queue.GetSnapshot().Running));
    }

    private static void WhenWoken(ValueTask<QueueLease> waiter, Action action)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new ActingContext(action));
        waiter.GetAwaiter().OnCompleted(() => { });
        SynchronizationContext.SetSynchronizationContext(before);
    }

    private JobQueue Queue(bool byKey = false, TimeSpan? maxWait = null)
    {
        var settings = Settings(maxWait: maxWait);
        settings.PartitionByKey = byKey;
        var queue = new JobQueue(settings, _time);
        queue.RefuseInSectionsOf(1);
        return queue;
    }

    /// <summary>
    /// Runs an action at the place of a post: between two sections, on the thread that executes them.
    /// </summary>
    private sealed class ActingContext(Action action) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => action();
    }
}
