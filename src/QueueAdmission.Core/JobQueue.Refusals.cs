namespace QueueAdmission;

// Refusals: how they are counted, when their callers should come back, and the clock that this needs.
public sealed partial class JobQueue
{
    private Admission RefuseLocked(RejectionReason reason)
    {
        _lastOneWaits = false;
        LookAtClockBeforeRefusalLocked();
        return Admission.Refused(reason, CountRefusalLocked(reason));
    }

    /// <summary>
    /// While somebody waits, the queue looks at its clock with every hand-off. Where nobody does, refusals have to: when jobs have ended since the last look,
    /// for that took time, and now and then.
    /// </summary>
    private void LookAtClockBeforeRefusalLocked()
    {
        if (_slots.Ran == _ranAtLastLook && (_rejectedTotal & 63) != 0)
            return;
        var before = _now;
        _now = _time.GetTimestamp();
        // A second in which nobody waited and nobody was refused was hardly a busy one.
        if (_arrivals.Count == 0 && _now - before > _time.TimestampFrequency)
            _drainRate.Forget();
        SampleLocked();
    }

    private void RefuseWaiterLocked(Waiter waiter, RejectionReason reason, ref WakeList wake)
    {
        waiter.Reject(reason, CountRefusalLocked(reason));
        LeaveLocked(waiter, ref wake);
    }

    private int CountRefusalLocked(RejectionReason reason)
    {
        _rejected[(int)reason]++;
        _rejectedTotal++;
        TellOfRefusalLocked(reason);
        return _retries.Book(_now, _arrivals.Count, _drainRate.PerSecond, _settings.Workers, _minRetrySeconds, _maxRetrySeconds);
    }

    /// <param name="now">
    /// A timestamp that was taken before the lock was, where many compete for it: reading the clock takes as long as all the rest that is done under the lock. 0 to take one now.
    /// Whoever got the lock meanwhile may have looked later; the queue's time never goes back, so that the order of arrival is the order of times.
    /// </param>
    private void LookAtClockLocked(long now = 0)
    {
        _now = now == 0 ? _time.GetTimestamp() : Math.Max(now, _now);
        SampleLocked();
    }

    private void SampleLocked()
    {
        var ran = _slots.Ran;
        if (ran != _ranAtLastLook)
            _lastProgress = _now;
        _ranAtLastLook = ran;
        // A paused queue has waiters and idle workers: how fast it drains says nothing about how fast it can.
        if (_paused)
            _drainRate.Forget();
        else
            _drainRate.Sample(_now, ran);
    }
}
