using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace QueueAdmission;

// Who has a worker, who waits for one, and how that changes. The order among those who wait is the business of the discipline.
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
// whoever holds it has settled, so that no worker is free while somebody waits whom the discipline would let run on it, unless the queue is paused.
//
// Why a grant, a timeout and a cancellation cannot both win: each moves the waiter's status away from Waiting under the lock, and
// each looks at it first. Callers are woken outside the lock, so their continuations and callbacks cannot deadlock with it.
public sealed partial class JobQueue
{
    private readonly Lock _lock = new();
    private readonly Lock _updates = new();
    private readonly WaiterPool _pool = new();
    private readonly DrainRate _drainRate;
    private readonly RetrySchedule _retries;

    private WorkerSlots _slots;

    // All below is guarded by _lock.
    private JobQueueOptions _settings;
    private long _maxWaitTicks;
    private int _minRetrySeconds;
    private int _maxRetrySeconds;
    private Discipline _discipline;
    private ArrivalOrder _arrivals;
    private readonly DeadlineIndex _deadlines = new();

    private bool _paused;
    private bool _draining;
    private bool _disposed;
    private bool _refusesCallers;
    private TaskCompletionSource? _drained;
    private long _now;
    private long _ranAtLastLook;
    private readonly long[] _rejected = new long[Enum.GetValues<RejectionReason>().Length + 1];
    private long _rejectedTotal;
    private long _abandoned;
    private bool _lastOneWaits;

    private bool AcceptsNewcomers => !_draining && !_disposed;

    /// <summary>Whether everybody has to take the lock, whoever waits.</summary>
    private bool HasHold => _paused || _draining || _disposed || _refusesCallers || _discipline.SeesEveryJob || _probes.Count > 0 || _settings.DryRun;

    /// <summary>Takes a worker if one is free and nobody waits. One compare-and-set; the whole cost of a queue that is not full.</summary>
    /// <remarks>Inlined whatever the profile says: a program that has just come out of a rush has one in which nobody is ever admitted.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryAdmit() => _slots.TryTake();

    /// <summary>Gives back the worker of a job that has ended, and counts the job as ran. Exactly one call for each admission.</summary>
    internal void Release()
    {
        if (!_slots.TryGiveBack())
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
            _slots.GiveBackLocked(held.Workers);
            if (_discipline.KeepsRecords)
                _discipline.Finished(held, _time.GetTimestamp());
            held.Workers = 0;
            wake = SettleLocked();
        }
        wake.Complete();
    }

    private void ReleaseAndHandOff()
    {
        WakeList wake;
        var now = _time.GetTimestamp();
        lock (_lock)
        {
            _slots.GiveBackLocked(1);
            wake = SettleLocked(now);
        }
        wake.Complete();
    }

    /// <summary>
    /// Brings the queue to rest after any change: refuses those whose time is over, hands free workers to the others, and clears the mark when
    /// nothing needs it any more.
    /// </summary>
    /// <param name="now">What <see cref="LookAtClockLocked"/> takes.</param>
    /// <returns>The waiters to wake outside of the lock.</returns>
    private WakeList SettleLocked(long now = 0)
    {
        var wake = new WakeList();
        ObserveDryRunLocked();
        if (_probes.Count > 0)
            AnswerProbesLocked();
        if (_arrivals.Count > 0)
        {
            LookAtClockLocked(now);
            while (_arrivals.Oldest is { } oldest && _now - oldest.Time >= _maxWaitTicks)
                ExpireLocked(oldest, ref wake);
            while (_deadlines.Earliest <= _now)
                ExpireLocked(_deadlines.First, ref wake);
            // Who waits in a pause waits because somebody wants it so.
            if (_overload is { } overload && !_paused)
                ShedLocked(overload, ref wake);
            while (_arrivals.Count > 0 && !_paused && _slots.Free is > 0 and var free
                && _discipline.Next(_now, free, out var workers) is { } waiter)
                AdmitWaiterLocked(waiter, workers, ref wake);
            // Those who stood before the probes may have gone just now.
            if (_probes.Count > 0)
                AnswerProbesLocked();
        }
        if (_arrivals.Count > 0)
            ArmTimerLocked();
        else
            ComeToRestLocked();
        wake.Drained = TakeDrainedLocked();
        AssertInvariantsLocked();
        return wake;
    }

    private void AdmitWaiterLocked(Waiter waiter, int workers, ref WakeList wake)
    {
        _slots.TakeLocked(workers);
        if (workers > 1 || _discipline.KeepsRecords)
            RecordStartLocked(waiter.Job!, workers, _now);
        waiter.Status = AdmissionStatus.Admitted;
        _lastProgress = _now;
        LeaveLocked(waiter, ref wake);
    }

    private void ExpireLocked(Waiter waiter, ref WakeList wake)
    {
        _discipline.Remove(waiter);
        RefuseWaiterLocked(waiter, RejectionReason.WaitTimeout, ref wake);
    }

    private void ComeToRestLocked()
    {
        _drainRate.Forget();
        _overload?.Observe(_now, longestWait: 0);
        DisarmTimerLocked();
        if (!HasHold)
            _slots.ClearMarkLocked();
    }

    /// <summary>Out of the lines and with its status decided, a waiter is on its way back to its caller.</summary>
    private void LeaveLocked(Waiter waiter, ref WakeList wake)
    {
        _arrivals.Remove(waiter);
        if (!_deadlines.IsEmpty)
            _deadlines.Remove(waiter);
        waiter.Time = _now - waiter.Time;
        wake.Append(waiter);
    }

    private TaskCompletionSource? TakeDrainedLocked()
    {
        if (_drained is null || _arrivals.Count > 0 || _slots.ReadLocked().Running > 0)
            return null;
        var drained = _drained;
        _drained = null;
        return drained;
    }

    [Conditional("DEBUG")]
    private void AssertInvariantsLocked()
    {
        var workers = _slots.ReadLocked();
        var waiting = _arrivals.Count;
        Debug.Assert(_discipline.CountByPartition().Sum() == waiting, "The lines and the order of arrival hold the same waiters.");
        Debug.Assert(waiting == 0 || _slots.IsMarked, "Nobody waits unmarked.");
        Debug.Assert(_paused || _discipline.IsSettled(workers.Free), "No worker is idle while somebody waits who may have it.");
        Debug.Assert(waiting > 0 || HasHold == _slots.IsMarked, "The mark stands exactly as long as something asks for it.");
        Debug.Assert(!_timerArmed || waiting > 0, "The timer runs only while somebody waits.");
        Debug.Assert(waiting == 0 || NextExpiryLocked() is var due && (due == long.MaxValue || (_timerArmed && _timerDue <= due)), "Whoever waits with a limit is watched.");
        Debug.Assert(workers.Running >= 0 && workers.Running <= workers.InUse, "No worker was given back twice.");
    }
}
