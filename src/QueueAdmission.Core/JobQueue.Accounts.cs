using System.Diagnostics;

namespace QueueAdmission;

// Who has a worker, who waits for one, and how that changes. The order among those who wait is the business of the lines.
//
// Two rules make it sound.
//
// 1. While the mark is clear nobody waits and the queue is open, and anyone changes the word by compare-and-set. While the mark is set
//    the word belongs to the lock's holder. (A release or a resize may add to the word at any time, holding the lock.)
// 2. Every locked section ends in SettleLocked, which hands free workers to waiters until one of the two has run out, and clears the mark
//    exactly if nothing asks for it any more.
//
// Why no wake-up is lost: an arriving job either takes a free worker or sets the mark, in one compare-and-set on one value of the
// word. A worker given back before that step is in the value, so the job takes it. One given back after it meets the mark, so its
// release goes to the lock, which the arriving job holds until it stands in a line, and SettleLocked finds it there.
//
// Why nobody overtakes: as long as anybody waits the mark is set, so a newcomer cannot take a worker without the lock; and under the lock
// whoever holds it has settled, so that no worker is free while somebody waits, unless the queue is paused.
//
// Why a grant, a timeout and a cancellation cannot both win: each moves the waiter's status away from Waiting under the lock, and
// each looks at it first. Callers are woken outside the lock, so their continuations and callbacks cannot deadlock with it.
public sealed partial class JobQueue
{
    private readonly Lock _lock = new();
    private readonly Lock _updates = new();
    private readonly RoundRobinLines _lines;
    private readonly WaiterPool _pool = new();
    private readonly DrainRate _drainRate;
    private readonly RetrySchedule _retries;

    private long _word;

    // All below is guarded by _lock.
    private JobQueueOptions _settings;
    private long _maxWaitTicks;
    private ArrivalOrder _arrivals;
    private bool _paused;
    private bool _draining;
    private bool _disposed;
    private TaskCompletionSource? _drained;
    private long _now;
    private long _ranAtLastLook;
    private readonly long[] _rejected = new long[Enum.GetValues<RejectionReason>().Length + 1];
    private long _rejectedTotal;
    private long _abandoned;

    private bool AcceptsNewcomers => !_draining && !_disposed;

    private bool HasHold => _paused || _draining || _disposed;

    /// <summary>Takes a worker if one is free and nobody waits. One compare-and-set; the whole cost of a queue that is not full.</summary>
    internal bool TryAdmit()
    {
        var word = Volatile.Read(ref _word);
        while (!WorkerWord.IsMarked(word) && WorkerWord.Free(word) > 0)
        {
            var seen = Interlocked.CompareExchange(ref _word, word - WorkerWord.FreeUnit, word);
            if (seen == word)
                return true;
            word = seen;
        }
        return false;
    }

    /// <summary>Gives back the worker of a job that has ended, and counts the job as ran. Exactly one call for each admission.</summary>
    internal void Release()
    {
        var word = Volatile.Read(ref _word);
        while (!WorkerWord.IsMarked(word))
        {
            var seen = Interlocked.CompareExchange(ref _word, word + WorkerWord.Ended, word);
            if (seen == word)
                return;
            word = seen;
        }
        ReleaseAndHandOff();
    }

    /// <summary>Gives back whatever an admitted job holds.</summary>
    /// <param name="held">What its <see cref="Admission"/> said; null for a single worker of which no more is known.</param>
    internal void Release(JobRecord? held)
    {
        if (held is null)
            Release();
        else
            ReleaseHeld(held);
    }

    private void ReleaseHeld(JobRecord held)
    {
        WakeList wake;
        lock (_lock)
        {
            Interlocked.Add(ref _word, (held.Workers * WorkerWord.FreeUnit) + WorkerWord.RanUnit);
            held.Workers = 0;
            wake = SettleLocked();
        }
        wake.Complete();
    }

    private void ReleaseAndHandOff()
    {
        WakeList wake;
        lock (_lock)
        {
            Interlocked.Add(ref _word, WorkerWord.Ended);
            wake = SettleLocked();
        }
        wake.Complete();
    }

    /// <summary>A job comes that found no free worker at first sight: it takes one after all, waits, or is refused.</summary>
    /// <param name="brought">Its <see cref="JobTraits.Brought"/>.</param>
    /// <param name="mayWait">Whether it takes a place in line where there is no worker.</param>
    /// <param name="admission">The decision, where there is one already.</param>
    /// <returns>
    /// The waiter to await, once, after <see cref="Waiter.LeaveOn"/> where there is a token: until it is awaited it cannot be reused, whatever happens to it meanwhile.
    /// Null if <paramref name="admission"/> is the decision already.
    /// </returns>
    internal Waiter? Arrive(object? brought, bool mayWait, out Admission admission)
    {
        lock (_lock)
        {
            if (!AcceptsNewcomers)
            {
                admission = RefuseLocked(RejectionReason.Draining);
                return null;
            }
            var canPlace = mayWait && _lines.HasRoom && _maxWaitTicks > 0;
            if (TakeOrMarkLocked(mark: canPlace))
            {
                admission = Admission.Immediate(held: null);
                return null;
            }
            if (!canPlace)
            {
                admission = RefuseLocked(mayWait && _lines.HasRoom ? RejectionReason.WaitTimeout : RejectionReason.QueueFull);
                return null;
            }

            if (_arrivals.Count == 0)
                _drainRate.Forget();
            LookAtClockLocked();
            var waiter = _pool.RentLocked();
            waiter.Time = _now;
            waiter.Detail = _arrivals.Count;
            waiter.Brought = brought;
            _lines.Place(waiter);
            _arrivals.Append(waiter);
            ArmTimerLocked();
            AssertInvariantsLocked();
            admission = default;
            return waiter;
        }
    }

    /// <summary>Its token was cancelled: the waiter leaves the line, unless it was granted or refused before.</summary>
    internal void Abandon(Waiter waiter)
    {
        var left = new WakeList();
        WakeList wake;
        lock (_lock)
        {
            if (waiter.Status != AdmissionStatus.Waiting)
                return;
            waiter.Status = AdmissionStatus.Abandoned;
            _abandoned++;
            _lines.Remove(waiter);
            LookAtClockLocked();
            LeaveLocked(waiter, ref left);
            wake = SettleLocked();
        }
        left.Complete();
        wake.Complete();
    }

    internal void Recycle(Waiter waiter) => _pool.Return(waiter);

    /// <summary>Either takes a free worker or, if asked to, sets the mark: decided by one step on one value of the word.</summary>
    private bool TakeOrMarkLocked(bool mark)
    {
        var word = Volatile.Read(ref _word);
        while (!WorkerWord.IsMarked(word))
        {
            var take = WorkerWord.Free(word) > 0;
            if (!take && !mark)
                return false;
            var seen = Interlocked.CompareExchange(ref _word, take ? word - WorkerWord.FreeUnit : word | WorkerWord.Mark, word);
            if (seen == word)
                return take;
            word = seen;
        }
        return false;
    }

    /// <summary>
    /// Brings the queue to rest after any change: refuses those whose time is over, hands free workers to the others, and clears the mark when
    /// nothing needs it any more.
    /// </summary>
    /// <returns>The waiters to wake outside of the lock.</returns>
    private WakeList SettleLocked()
    {
        var wake = new WakeList();
        if (_arrivals.Count > 0)
        {
            LookAtClockLocked();
            while (_arrivals.Oldest is { } oldest && _now - oldest.Time >= _maxWaitTicks)
            {
                _lines.Remove(oldest);
                RefuseWaiterLocked(oldest, RejectionReason.WaitTimeout, ref wake);
            }
            while (_arrivals.Count > 0 && !_paused && WorkerWord.Free(_word) > 0)
            {
                Interlocked.Add(ref _word, -WorkerWord.FreeUnit);
                var waiter = _lines.Next();
                waiter.Status = AdmissionStatus.Admitted;
                LeaveLocked(waiter, ref wake);
            }
        }
        if (_arrivals.Count > 0)
            ArmTimerLocked();
        else
            ComeToRestLocked();
        wake.Drained = TakeDrainedLocked();
        AssertInvariantsLocked();
        return wake;
    }

    private void ComeToRestLocked()
    {
        _drainRate.Forget();
        DisarmTimerLocked();
        if (!HasHold && WorkerWord.IsMarked(_word))
            Interlocked.And(ref _word, ~WorkerWord.Mark);
    }

    /// <summary>Out of the lines and with its status decided, a waiter is on its way back to its caller.</summary>
    private void LeaveLocked(Waiter waiter, ref WakeList wake)
    {
        _arrivals.Remove(waiter);
        waiter.Time = _now - waiter.Time;
        wake.Append(waiter);
    }

    private TaskCompletionSource? TakeDrainedLocked()
    {
        if (_drained is null || _arrivals.Count > 0 || RunningLocked(_word) > 0)
            return null;
        var drained = _drained;
        _drained = null;
        return drained;
    }

    private Admission RefuseLocked(RejectionReason reason)
    {
        LookAtClockBeforeRefusalLocked();
        return Admission.Refused(reason, CountRefusalLocked(reason));
    }

    /// <summary>
    /// While somebody waits, the queue looks at its clock with every hand-off. Where nobody does, refusals have to: when jobs have ended since the last look,
    /// for that took time, and now and then.
    /// </summary>
    private void LookAtClockBeforeRefusalLocked()
    {
        if (WorkerWord.Ran(_word) == _ranAtLastLook && (_rejectedTotal & 63) != 0)
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
        return _retries.Book(_now, _arrivals.Count, _drainRate.PerSecond, _settings.Workers,
            (int)Math.Ceiling(_settings.MinRetryAfter.TotalSeconds), (int)Math.Ceiling(_settings.MaxRetryAfter.TotalSeconds));
    }

    private void LookAtClockLocked()
    {
        _now = _time.GetTimestamp();
        SampleLocked();
    }

    private void SampleLocked()
    {
        _ranAtLastLook = WorkerWord.Ran(_word);
        // A paused queue has waiters and idle workers: how fast it drains says nothing about how fast it can.
        if (_paused)
            _drainRate.Forget();
        else
            _drainRate.Sample(_now, _ranAtLastLook);
    }

    private int RunningLocked(long word) => _settings.Workers - WorkerWord.Free(word);

    [Conditional("DEBUG")]
    private void AssertInvariantsLocked()
    {
        var word = Volatile.Read(ref _word);
        var waiting = _arrivals.Count;
        Debug.Assert(_lines.CountByPartition().Sum() == waiting, "The lines and the order of arrival hold the same waiters.");
        Debug.Assert(waiting == 0 || WorkerWord.IsMarked(word), "Nobody waits unmarked.");
        Debug.Assert(waiting == 0 || _paused || WorkerWord.Free(word) <= 0, "No worker is idle while somebody waits.");
        Debug.Assert(waiting > 0 || HasHold == WorkerWord.IsMarked(word), "The mark stands exactly as long as something asks for it.");
        Debug.Assert(!_timerArmed || waiting > 0, "The timer runs only while somebody waits.");
        Debug.Assert(waiting == 0 || _maxWaitTicks == long.MaxValue || _timerArmed, "Whoever waits with a limit is watched.");
        Debug.Assert(RunningLocked(word) >= 0, "No worker was given back twice.");
    }
}
