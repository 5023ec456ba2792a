using System.Runtime.CompilerServices;
using QueueAdmission.Doubles;

namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// A clock whose time jumps from event to event. One thread runs all of a simulated world, so that the same events
/// always come in the same order.
/// </summary>
/// <remarks>
/// What the engine completes comes back to the loop through the synchronization context that every awaiting flow of the
/// world captured. Nothing ever gets to the thread pool.
/// </remarks>
internal sealed class VirtualClock : TimeProvider
{
    private readonly PriorityQueue<Action, (long At, long Sequence)> _events = new();
    private readonly ManualSynchronizationContext _context = new();
    private long _sequence;

    /// <summary>Ticks of 100 ns since the world began.</summary>
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

    /// <summary>Events of the same moment happen in the order in which they were scheduled.</summary>
    public void At(long moment, Action action) => _events.Enqueue(action, (Math.Max(moment, Now), _sequence++));

    public void At(TimeSpan moment, Action action) => At(moment.Ticks, action);

    public Pause Delay(TimeSpan time) => new(this, time.Ticks);

    /// <summary>Lets everything happen that is due until <paramref name="end"/>.</summary>
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

    /// <summary>An awaitable stretch of virtual time.</summary>
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
