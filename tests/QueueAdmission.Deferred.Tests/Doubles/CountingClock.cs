using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Deferred.Doubles;

/// <summary>A fake clock that counts how often timers are set.</summary>
internal sealed class CountingClock : FakeTimeProvider
{
    public int Changes { get; private set; }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new CountingTimer(this, base.CreateTimer(callback, state, dueTime, period));

    private sealed class CountingTimer(CountingClock clock, ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Changes++;
            return inner.Change(dueTime, period);
        }

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
