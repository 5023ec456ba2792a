using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Doubles;

/// <summary>
/// A fake clock that counts how often it is read and which of its timers are armed. It can also run an action while it
/// is being read.
/// </summary>
internal sealed class CountingTimeProvider : FakeTimeProvider
{
    private readonly List<CountedTimer> _timers = [];

    public int Timestamps { get; private set; }

    public int TimersMade => _timers.Count;

    public int TimersArmed => _timers.Count(timer => timer.IsArmed);

    /// <summary>An action that runs once, in the middle of the next call that reads the clock.</summary>
    public Action? Meanwhile { get; set; }

    public override long GetTimestamp()
    {
        Timestamps++;
        var meanwhile = Meanwhile;
        Meanwhile = null;
        meanwhile?.Invoke();
        return base.GetTimestamp();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        CountedTimer? timer = null;
        var inner = base.CreateTimer(
            s =>
            {
                timer!.IsArmed = timer.Period != Timeout.InfiniteTimeSpan;
                callback(s);
            },
            state,
            dueTime,
            period);
        timer = new CountedTimer(inner) { IsArmed = dueTime != Timeout.InfiniteTimeSpan, Period = period };
        _timers.Add(timer);
        return timer;
    }

    private sealed class CountedTimer(ITimer inner) : ITimer
    {
        public bool IsArmed { get; set; }

        public TimeSpan Period { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            IsArmed = dueTime != Timeout.InfiniteTimeSpan;
            Period = period;
            return inner.Change(dueTime, period);
        }

        public void Dispose()
        {
            IsArmed = false;
            inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
