using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>
/// Decides which job has workers, which waits, and how that changes. The only holder of a queue's lock.
/// </summary>
/// <remarks>
/// <para>Two rules make it sound. <b>First</b>, what <see cref="WorkerSlots"/> says of the mark. While it is clear, no
/// job waits, the queue is open, and the word changes by compare-and-set. While it is set, the word belongs to the
/// holder of the lock. <b>Second</b>, every locked section that may change something ends in
/// <see cref="SettleLocked"/>. It hands free workers to waiters until one of the two has run out, and clears the mark
/// exactly if nothing asks for it any more. Where many waiters have to be refused, it refuses some of them and hands on
/// nothing. Then its caller settles again, until none is left.</para>
/// <para><b>No wake-up is lost.</b> An arriving job takes a free worker or sets the mark, in one step on one value of
/// the word. A worker that is given back before that step is in the value. One that is given back after it meets the
/// mark, so its release goes to the lock. By then the arriving job stands in a line, where the release finds it.</para>
/// <para><b>No job overtakes.</b> As long as a job waits the mark is set, so a newcomer cannot take a worker without
/// the lock. Each earlier holder of the lock has settled. So no worker is free while a job waits that may run on it,
/// unless the queue is paused. While waiters are left to refuse, newcomers get no worker either.</para>
/// <para><b>Background jobs</b> stand beside the lines. While one waits the mark is set, so each worker that is given
/// back comes to the lock, and settling hands it on: to the share that is due, to a live job, or to a background job.
/// A newcomer may take a worker that is free then, because no live job waits for it and none is saved.</para>
/// <para><b>Exactly one outcome.</b> A grant, a timeout, a cancellation and a stop each move a waiter's status away
/// from waiting under the lock, and each looks at it first. Callers are woken outside the lock, so their continuations
/// cannot deadlock with it.</para>
/// </remarks>
internal sealed class AdmissionEngine : IWaiterOwner
{
    // The only part that is used without the lock. The parts below get a reference to it under the lock.
    private WorkerSlots _slots;

    // Never taken inside another lock of the library. Of foreign code, only the clock runs under it.
    private readonly Lock _lock = new();

    // All below is guarded by _lock, except for what its members say.
    private readonly QueueConditions _conditions;
    private readonly WorkerLimit _limit = new();
    private readonly LimitGate _gate;
    private readonly AdaptiveControl _adaptive;
    private readonly WaitingRoom _room;
    private readonly BackgroundLine _background;
    private readonly RejectionBook _rejections;
    private readonly Departures _departures;
    private readonly AdaptiveMaxWait _patience;
    private readonly Grants _grants;
    private readonly Arrivals _arrivals;
    private readonly DryRunGate _dryRun;
    private readonly ExpiryTimer _timer;
    private readonly FreeWorkerWatch _freeWorkers;

    /// <param name="settings">The settings, which are valid and not changed any more.</param>
    /// <param name="clock">The queue's clock.</param>
    /// <param name="telemetry">What is reported as it happens.</param>
    /// <param name="keySalt">Decides which partitions a key is dealt.</param>
    public AdmissionEngine(JobQueueOptions settings, QueueClock clock, QueueTelemetry telemetry, ulong keySalt)
    {
        Clock = clock;
        Telemetry = telemetry;
        _conditions = new QueueConditions(settings, clock.ToTimestampTicks(settings.MaxWait));
        _adaptive = new AdaptiveControl(_limit);
        _limit.SetSettings(settings);
        _adaptive.Configure(settings, before: null);
        _rejections = new RejectionBook(clock.TicksPerSecond);
        _rejections.CacheTimes(settings);
        _gate = new LimitGate(_limit, clock);
        _room = new WaitingRoom(this, LineSettings.Of(settings, _limit.InForceForWeights, clock), keySalt);
        _background = new BackgroundLine(_conditions, _room, _limit, clock);
        Background = new BackgroundEntrance(this, _background, _room, _conditions);
        _freeWorkers = new FreeWorkerWatch(_conditions, _room, _background);
        _departures = new Departures(_room, _rejections, _limit, clock);
        _patience = new AdaptiveMaxWait(_conditions, _room, _limit, clock);
        _grants = new Grants(_room, _background, _departures, _patience, clock);
        _arrivals = new Arrivals(_conditions, _limit, _room, _background, _grants, _departures, _patience, _rejections, clock);
        _dryRun = new DryRunGate(_conditions, _room, _grants, _arrivals, _patience, clock);
        _timer = new ExpiryTimer(clock.Time, OnTimer);
        Control = new EngineControl(this, _conditions, _limit, _gate, _adaptive, _freeWorkers, _rejections);
        Feedback = new JobFeedback(this, _conditions, _adaptive, _patience);
        _slots = new WorkerSlots(_limit.InForce, HasHold);
        var none = new WakeList();
        lock (_lock)
            _dryRun.Configure(ref _slots, ref none);
    }

    /// <summary>What changes the queue from outside, except for settings.</summary>
    public EngineControl Control { get; }

    public JobFeedback Feedback { get; }

    public BackgroundEntrance Background { get; }

    public QueueClock Clock { get; }

    public QueueTelemetry Telemetry { get; }

    /// <summary>The settings in force. Never changed, only replaced.</summary>
    public JobQueueOptions Settings => _conditions.Settings;

    /// <summary>Whether jobs should be timed, from the grant of their workers to their end.</summary>
    public bool MeasuresLatency => _adaptive.Active is not null;

    /// <summary>The word. Only for reading.</summary>
    public ref readonly WorkerSlots Slots => ref _slots;

    /// <summary>The workers that one job may ask for.</summary>
    public int MaxWeight => _limit.MaxWeight;

    /// <summary>Whether there are waiters left that further sections have to refuse.</summary>
    private bool HasMore => _departures.HasMore || _background.HasMore;

    /// <summary>Whether every job has to take the lock, also while no job waits.</summary>
    private bool HasHold => _conditions.State != EngineState.Running
        || _room.Lines.SeesEveryJob || _freeWorkers.NeedsEveryWorker || _dryRun.IsOpen;

    /// <summary>Takes a worker if one is free and no job waits, by one compare-and-set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdmit() => _slots.TryTake();

    /// <summary>Gives back the worker of a job that has ended, and counts the job. Once for each admission.</summary>
    public void Release()
    {
        if (!_slots.TryGiveBack())
            ReleaseAndHandOff();
    }

    /// <summary>Gives back what an admitted job holds: a single worker if its admission has no record.</summary>
    public void Release(JobRecord? held)
    {
        if (held is null)
        {
            Release();
            return;
        }
        var wake = new WakeList();
        lock (_lock)
        {
            _grants.Finish(ref _slots, held);
            SettleLocked(ref wake);
        }
        Announce(wake);
    }

    /// <summary>
    /// Decides about a job that found no free worker at first sight: it takes one after all, waits, or is refused.
    /// </summary>
    /// <param name="jobState">Its <see cref="JobTraits.JobState"/>.</param>
    /// <param name="newcomer">The job.</param>
    /// <param name="admission">The decision, where there is one already.</param>
    /// <returns>
    /// The waiter to await, once, after <see cref="Waiter.LeaveOn"/> where there is a token. It is reused only after
    /// that. Null if <paramref name="admission"/> is the decision already.
    /// </returns>
    public Waiter? Arrive(object? jobState, Newcomer newcomer, out Admission admission)
    {
        Waiter waiter;
        WakeList wake;
        if (_gate.IsTimed && TryTakeInTime(jobState, newcomer))
        {
            admission = Admission.Immediate(held: null);
            return null;
        }
        var now = _arrivals.NextProbablyWaits ? Clock.GetTimestamp() : 0;
        lock (_lock)
        {
            _gate.EndCaps(ref _slots, _room);
            if (_dryRun.IsOpen)
            {
                admission = _dryRun.LetThrough(ref _slots, jobState, newcomer.MayWait);
                return null;
            }
            if (_arrivals.TryDecide(ref _slots, ref jobState, newcomer, _freeWorkers.IsObserved, out admission))
                return null;
            waiter = PlaceLocked(jobState, newcomer.Source, now, out wake);
        }
        Announce(wake);
        Telemetry.ReportWaiting();
        return waiter;
    }

    public void Abandon(Waiter waiter)
    {
        var wake = new WakeList();
        lock (_lock)
        {
            if (waiter.Status != AdmissionStatus.Waiting)
                return;
            UpdateNowLocked();
            _departures.Abandon(waiter, ref wake);
            SettleLocked(ref wake);
        }
        Announce(wake);
    }

    public void Recycle(Waiter waiter) => _room.Recycle(waiter);

    public void ReportWait(in Admission admission, int partition) => Telemetry.ReportWait(admission, partition);

    public QueueLease Lease(in Admission admission) => QueueLease.From(this, admission);

    /// <summary>Puts other settings in force.</summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Apply(JobQueueOptions settings)
    {
        var wake = new WakeList();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_conditions.State.IsDisposed(), typeof(JobQueue));
            var before = Settings;
            _conditions.Replace(settings, Clock.ToTimestampTicks(settings.MaxWait));
            _rejections.CacheTimes(settings);
            _limit.SetSettings(settings);
            _adaptive.Configure(settings, before);
            _gate.Reshape(ref _slots, _room, settings);
            if (HasHold)
                _slots.MarkLocked();
            if (settings.MaxWait != before.MaxWait)
                _timer.Disarm();
            _dryRun.Configure(ref _slots, ref wake);
            SettleLocked(ref wake);
        }
        Announce(wake);
    }

    /// <summary>One locked step that changes the queue from outside.</summary>
    /// <param name="change">Makes the change, under the lock. False if there was nothing to change.</param>
    /// <param name="refused">The waiters that are refused because of it.</param>
    public bool Change(Func<bool> change, RefusedWaiters refused = RefusedWaiters.None)
    {
        var wake = new WakeList();
        lock (_lock)
        {
            if (!change())
                return false;
            _gate.Apply(ref _slots, _room);
            if (HasHold)
                _slots.MarkLocked();
            if (refused != RefusedWaiters.None && _room.Count > 0)
                _departures.StartRefusing(refused);
            SettleLocked(ref wake);
        }
        Announce(wake);
        return true;
    }

    /// <summary>Reads one consistent cut under the lock.</summary>
    public TResult Read<TArgument, TResult>(TArgument argument, EngineReader<TArgument, TResult> read)
    {
        lock (_lock)
            return read(new EngineView(_conditions, _slots.ReadLocked(), _limit, _room, _background, _rejections, _departures, _patience, _dryRun, Clock), argument);
    }

    /// <summary>Gives a newcomer its place. <paramref name="now"/> was read before the lock; 0 to read it.</summary>
    private Waiter PlaceLocked(object? jobState, JobSource source, long now, out WakeList wake)
    {
        wake = default;
        var waiter = _arrivals.Place(ref _slots, jobState, source, now, ref wake);
        if (_room.Lines.KeepsRecords)
        {
            // Workers may be free that others had to leave alone, and it may be the newcomer's turn.
            SettleLocked(ref wake);
        }
        else
        {
            _background.Observe(_slots);
            _departures.Watch(_timer, _conditions);
            AssertInvariantsLocked();
        }
        return waiter;
    }

    /// <summary>
    /// Wakes the waiters of a section. Waiters that are left to refuse are refused in further sections, so that others
    /// get the lock in between.
    /// </summary>
    private void Announce(WakeList wake)
    {
        wake.Complete();
        if (wake.HasMore)
            RefuseRest();
    }

    private void RefuseRest()
    {
        for (var hasMore = true; hasMore;)
        {
            var wake = new WakeList();
            lock (_lock)
            {
                if (HasMore)
                    SettleLocked(ref wake);
                hasMore = HasMore;
            }
            wake.Complete();
        }
    }

    /// <summary>Takes a free worker without the lock, where a cap has an end. Newcomers look at the clock.</summary>
    private bool TryTakeInTime(object? jobState, Newcomer newcomer)
    {
        // A timer would be too late: after a freeze this job may run before it, and others may use the worker by then.
        if (_gate.IsEndDue)
        {
            // The lowered limit meets this job below, like any other.
            Change(static () => true);
            return false;
        }
        return !newcomer.HasLeft
            && (jobState is not JobRecord job || (job.Weight == 1 && !(job.Deadline <= TimeSpan.Zero)))
            && _slots.TryTakeInTime();
    }

    private void ReleaseAndHandOff()
    {
        var wake = new WakeList();
        var now = Clock.GetTimestamp();
        lock (_lock)
        {
            _slots.GiveBackLocked(1);
            SettleLocked(ref wake, now);
        }
        Announce(wake);
    }

    private void OnTimer()
    {
        // Fake clocks fire timers while they are asked for the time. The section of this thread comes first.
        if (_lock.IsHeldByCurrentThread)
        {
            _timer.FireAgainSoon();
            return;
        }
        var wake = new WakeList();
        lock (_lock)
        {
            if (_conditions.State.IsDisposed())
                return;
            _timer.OnFired();
            SettleLocked(ref wake);
        }
        Announce(wake);
    }

    /// <summary>
    /// Brings the queue to rest: the second rule. <paramref name="now"/> was read before the lock; 0 to read it.
    /// </summary>
    private void SettleLocked(ref WakeList wake, long now = 0)
    {
        if (_dryRun.IsOpen)
            _dryRun.Observe(ref _slots);
        _freeWorkers.Tell(_slots);
        if (_room.Count > 0)
            UpdateNowLocked(now);
        else if (_background.NeedsTime)
            Clock.UpdateNowWithoutSampleLocked();
        _background.Observe(_slots);
        if (_room.Count > 0 || _background.IsWaiting)
            ServeLocked(ref wake);
        if (_room.Count > 0)
            _departures.Watch(_timer, _conditions);
        else
            OnIdleLocked();
        _background.Observe(_slots);
        if (_room.Count == 0 && _slots.ReadLocked().Running == 0)
            wake.Drained = Control.TakeDrainedLocked();
        AssertInvariantsLocked();
    }

    /// <summary>Refuses waiters that have to be refused, and hands free workers to the others.</summary>
    private void ServeLocked(ref WakeList wake)
    {
        if (!_conditions.IsPaused)
            _gate.EndCaps(ref _slots, _room);
        var isOther = HasMore;
        _background.RefuseIfClosed(ref wake);
        var isRefused = _departures.TryRefuseDue(_conditions, ref wake) || _room.Count == 0;
        if (isRefused && !_conditions.IsPaused)
            _grants.HandOn(ref _slots, ref wake);
        wake.HasMore |= HasMore && !isOther;
        // Older waiters may have gone meanwhile.
        _freeWorkers.Tell(_slots);
    }

    private void OnIdleLocked()
    {
        Clock.ForgetSampleLocked();
        _departures.OnIdle();
        _room.Lines.Overload?.Observe(Clock.Now, longestWait: 0);
        _timer.Disarm();
        if (_conditions.State.IsDisposed())
            _timer.Dispose();
        if (!HasHold)
            _slots.ClearMarkLocked();
    }

    private void UpdateNowLocked(long taken = 0) => Clock.UpdateNowLocked(_slots.RanLive, _conditions.IsPaused, taken);

    [Conditional("DEBUG")]
    private void AssertInvariantsLocked() => EngineInvariants.Assert(_slots.ReadLocked(), _slots.IsMarked, HasHold, _conditions, _limit, _room, _background, _background.FreeForLive(_slots), isAtRest: !_departures.HasMore, _timer);
}
