using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>Decides which jobs get workers, which wait, and which are refused. Owns the lock of the queue.</summary>
/// <remarks>
/// <para><b>The mark.</b> The number of free workers is part of one 64-bit word, and so is the mark: see
/// <see cref="WorkerSlots"/>. While the mark is clear, no job waits, the queue is open, and any thread may change the
/// word by compare-and-set. While the mark is set, only the holder of the lock changes the word.</para>
/// <para><b>Settling.</b> Every locked section that may change something ends in <see cref="SettleLocked"/>. This
/// method hands free workers to waiters until no worker is free or no waiter can start. It clears the mark if no reason
/// for the mark remains. If many waiters have to be refused, one section refuses some of them and hands on no worker.
/// Its caller then settles again, until all of them are refused.</para>
/// <para><b>No wake-up is lost.</b> An arriving job takes a free worker or sets the mark, in one atomic step on the
/// word. A worker that is released before this step is counted as free in the word. A worker that is released after
/// this step meets the mark, so its release waits for the lock. By then the arriving job is in a line, where the
/// release finds it.</para>
/// <para><b>No job overtakes.</b> As long as a job waits, the mark is set. A newcomer therefore cannot take a worker
/// without the lock. Each earlier holder of the lock has settled. So no worker is free while a job waits that may run
/// on it, unless the queue is paused. While some waiters still have to be refused, newcomers get no worker
/// either.</para>
/// <para><b>Background jobs</b> wait in a separate line. While a background job waits, the mark is set. So every
/// release takes the lock, and settling hands the worker on: first to background jobs whose share is due, then to live
/// jobs, then to other background jobs. A newcomer may take a worker that is still free then, because no live job waits
/// for it and it is not reserved for a background job.</para>
/// <para><b>Exactly one outcome.</b> A grant, a timeout, a cancellation and a stop each change a waiter's status under
/// the lock, and only if the waiter is still waiting. Callers are woken outside the lock, so their continuations cannot
/// deadlock with it.</para>
/// </remarks>
internal sealed class AdmissionEngine : IWaiterOwner
{
    // The only part of the engine that is used without the lock. Under the lock, the parts below get a reference to it.
    private WorkerSlots _slots;

    // No other lock of the library is taken while this lock is held. The clock is the only foreign code that runs under
    // this lock.
    private readonly Lock _lock = new();

    // All fields below are guarded by _lock, unless their members say otherwise.
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

    /// <param name="settings">The settings. They are valid, and are not changed any more.</param>
    /// <param name="clock">The queue's clock.</param>
    /// <param name="telemetry">Receives the events of the queue, such as waits.</param>
    /// <param name="keySalt">Decides which partitions a key is assigned to.</param>
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
        _arrivals = new Arrivals(
            _conditions, _limit, _room, _background, _grants, _departures, _patience, _rejections, clock);
        _dryRun = new DryRunGate(_conditions, _room, _grants, _arrivals, _patience, clock);
        _timer = new ExpiryTimer(clock.Time, OnTimer);
        Control = new EngineControl(this, _conditions, _limit, _gate, _adaptive, _freeWorkers, _rejections);
        Feedback = new JobFeedback(this, _conditions, _adaptive, _patience);
        _slots = new WorkerSlots(_limit.InForce, HasHold);
        var none = new WakeList();
        lock (_lock)
            _dryRun.Configure(ref _slots, ref none);
    }

    /// <summary>The operations that change the queue from outside, except for changes of settings.</summary>
    public EngineControl Control { get; }

    public JobFeedback Feedback { get; }

    public BackgroundEntrance Background { get; }

    public QueueClock Clock { get; }

    public QueueTelemetry Telemetry { get; }

    /// <summary>The settings in force. Never changed, only replaced.</summary>
    public JobQueueOptions Settings => _conditions.Settings;

    /// <summary>Whether the time of each job has to be measured, from the grant of its workers to its end.</summary>
    public bool MeasuresLatency => _adaptive.Active is not null;

    /// <summary>The workers of the queue, for reading only.</summary>
    public ref readonly WorkerSlots Slots => ref _slots;

    /// <summary>The maximum number of workers that one job may ask for.</summary>
    public int MaxWeight => _limit.MaxWeight;

    /// <summary>Whether further locked sections have to refuse waiters.</summary>
    private bool HasMore => _departures.HasMore || _background.HasMore;

    /// <summary>Whether every job has to take the lock, even while no job waits.</summary>
    private bool HasHold => _conditions.State != EngineState.Running
        || _room.Lines.SeesEveryJob || _freeWorkers.NeedsEveryWorker || _dryRun.IsOpen;

    /// <summary>Takes a worker by one compare-and-set if one is free and no job waits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdmit() => _slots.TryTake();

    /// <summary>
    /// Releases the worker of a job that has ended, and counts the job. Call it once for each admission.
    /// </summary>
    public void Release()
    {
        if (!_slots.TryGiveBack())
            ReleaseAndHandOff();
    }

    /// <summary>
    /// Releases the workers of an admitted job. If its admission has no record, the job holds one worker.
    /// </summary>
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
    /// Decides about a job that found no free worker without the lock. The job gets a worker after all, waits, or is
    /// refused.
    /// </summary>
    /// <param name="jobState">The <see cref="JobTraits.JobState"/> of the job.</param>
    /// <param name="newcomer">The job.</param>
    /// <param name="admission">The decision, if the method returns null.</param>
    /// <returns>
    /// The waiter of a job that has to wait. Await it once. If there is a token, call <see cref="Waiter.LeaveOn"/>
    /// before. The waiter is reused after it has been awaited. Null if <paramref name="admission"/> is the decision.
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

    /// <summary>Puts new settings in force.</summary>
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

    /// <summary>Changes the queue from outside, in one locked section.</summary>
    /// <param name="change">Makes the change, under the lock. Returns false if there was nothing to change.</param>
    /// <param name="refused">The waiters that are refused because of the change.</param>
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

    /// <summary>Reads a consistent snapshot under the lock.</summary>
    public TResult Read<TArgument, TResult>(TArgument argument, EngineReader<TArgument, TResult> read)
    {
        lock (_lock)
        {
            var view = new EngineView(
                _conditions, _slots.ReadLocked(), _limit, _room, _background, _rejections, _departures, _patience,
                _dryRun, Clock);
            return read(view, argument);
        }
    }

    /// <summary>
    /// Puts a newcomer in its place. <paramref name="now"/> is a timestamp from before the lock was taken; 0 to take
    /// one.
    /// </summary>
    private Waiter PlaceLocked(object? jobState, JobSource source, long now, out WakeList wake)
    {
        wake = default;
        var waiter = _arrivals.Place(ref _slots, jobState, source, now, ref wake);
        if (_room.Lines.KeepsRecords)
        {
            // Workers may be free on which no earlier waiter could start, and the newcomer may be next.
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
    /// Wakes the waiters for which a locked section has decided. Waiters that still have to be refused are refused in
    /// further sections, so that other threads get the lock in between.
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

    /// <summary>Takes a free worker without the lock if a cap has an end. Checks the clock first.</summary>
    private bool TryTakeInTime(object? jobState, Newcomer newcomer)
    {
        // A timer would be too late. After the process was frozen, this job could start before the timer fires,
        // although another process may already use the worker.
        if (_gate.IsEndDue)
        {
            // The new limit applies to this job too: the job is decided under the lock.
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
        // A fake clock may fire timers inside GetTimestamp, while this thread holds the lock. The section that holds
        // the lock has to end first.
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
    /// Settles the queue at the end of a locked section: see the remarks of the class. <paramref name="now"/> is a
    /// timestamp from before the lock was taken; 0 to take one.
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

    /// <summary>Refuses waiters that have to be refused, and hands free workers to the other waiters.</summary>
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
        // Older waiters may have left the lines meanwhile.
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
    private void AssertInvariantsLocked() =>
        EngineInvariants.Assert(
            _slots.ReadLocked(), _slots.IsMarked, HasHold, _conditions, _limit, _room, _background,
            _background.FreeForLive(_slots), isAtRest: !_departures.HasMore, _timer);
}
