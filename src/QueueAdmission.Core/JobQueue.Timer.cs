namespace QueueAdmission;

// The one timer, armed only while somebody waits with a limit.
public sealed partial class JobQueue
{
    private const int LongestTimer = 86_400_000;

    private ITimer? _timer;
    private bool _timerArmed;
    private long _timerDue;

    /// <summary>When somebody who waits has waited long enough: the oldest, or the one with the earliest deadline.</summary>
    private long NextExpiryLocked()
    {
        var limit = _overload is null || _paused ? _maxWaitTicks : Math.Min(_maxWaitTicks, _overload.WaitLimit);
        return Math.Min(limit == long.MaxValue ? long.MaxValue : _arrivals.Oldest!.Time + limit, _deadlines.Earliest);
    }

    /// <summary>Sets the timer for whoever expires first. It is left as it is where it fires no later than that anyway: it is set anew then.</summary>
    private void ArmTimerLocked()
    {
        if (_timerArmed && _deadlines.IsEmpty && _overload is null)
            return;
        var expiry = NextExpiryLocked();
        if (expiry == long.MaxValue || (_timerArmed && _timerDue <= expiry))
            return;
        // Not more than a timer can bear: where it fires before the time, it is set anew.
        var due = ToTimeSpan(expiry - _now);
        var wholeMilliseconds = TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(due.TotalMilliseconds), 1, LongestTimer));
        _timer ??= CreateTimer();
        _timer.Change(wholeMilliseconds, Timeout.InfiniteTimeSpan);
        _timerArmed = true;
        _timerDue = expiry;
    }

    private void DisarmTimerLocked()
    {
        if (!_timerArmed)
            return;
        _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timerArmed = false;
    }

    private ITimer CreateTimer()
    {
        // The timer outlives the request that happened to need it first, so it must not carry that request's context.
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
            return _time.CreateTimer(static queue => ((JobQueue)queue!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        // Fake clocks fire what is due while they are asked for the time or set. What this thread is in the middle of comes first.
        if (_lock.IsHeldByCurrentThread)
        {
            _timer!.Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            return;
        }

        WakeList wake;
        lock (_lock)
        {
            if (_disposed)
                return;
            // A callback may be late: the timer may have been set anew since. Then setting it again does no harm.
            _timerArmed = false;
            wake = SettleLocked();
        }
        wake.Complete();
    }
}
