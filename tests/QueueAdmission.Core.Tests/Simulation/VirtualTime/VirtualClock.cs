using System.Runtime.CompilerServices;
using QueueAdmission.Doubles;

namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// A clock whose time jumps from event to event. One thread runs the whole simulated world, so the same events always
/// occur in the same order.
/// </summary>
/// <remarks>
/// Every awaiting flow of the world captures the synchronization context of this clock. When the engine completes an
/// await, the continuation is posted to this context and runs in the loop. Nothing runs on the thread pool.
/// </remarks>
internal sealed class VirtualClock : TimeProvider
{
    private readonly PriorityQueue<Action, (long At, long Sequence)> _events = new();
    private readonly ManualSynchronizationContext _context = new();
    private long _sequence;

    /// <summary>The ticks of 100 ns since the start of the world.</summary>
    public long Now { get; private set; }

    public TimeSpan Time => new(Now);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(Now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Schedules an action. Actions for the same time run in the order in which they were scheduled.</summary>
    public void At(long moment, Action action) => _events.Enqueue(action, (Math.Max(moment, Now), _sequence++));

    public void At(TimeSpan moment, Action action) => At(moment.Ticks, action);

    public Pause Delay(TimeSpan time) => new(this, time.Ticks);

    /// <summary>Runs all actions that are due until <paramref name="end"/>.</summary>
    public void RunUntil(TimeSpan end)
    {
        while (_events.TryPeek(out var action, out var key) && key.At <= end.Ticks)
        {
            _events.Dequeue();
            Now = key.At;
            _context.Run(action);
            _context.RunPosted();
        }
        Now = end.Ticks;
    }

    /// <summary>An awaitable delay in virtual time.</summary>
    internal readonly struct Pause(VirtualClock clock, long ticks) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Pause GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => clock.At(clock.Now + ticks, continuation);

        public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private int _setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan)
                throw new NotSupportedException("The queue uses no periodic timers.");
            var setting = ++_setting;
            if (dueTime != Timeout.InfiniteTimeSpan)
                clock.At(clock.Now + dueTime.Ticks, () => Fire(setting));
            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int setting)
        {
            if (setting == _setting)
                callback(state);
        }
    }
}
