using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>Decides which job has workers, which waits, and how that changes. The only holder of a queue's lock.</summary>
/// <remarks>
/// <para>Two rules make it sound. <b>First</b>, what <see cref="WorkerSlots"/> says of the mark. While it is clear, no job waits, the queue is
/// open, and the word changes by compare-and-set. While it is set, the word belongs to the holder of the lock. <b>Second</b>, every locked
/// section that may change something ends in <see cref="SettleLocked"/>. It hands free workers to waiters until one of the two has run out,
/// and clears the mark exactly if nothing asks for it any more.</para>
/// <para><b>No wake-up is lost.</b> An arriving job takes a free worker or sets the mark, in one step on one value of the word. A worker that is
/// given back before that step is in the value. One that is given back after it meets the mark, so its release goes to the lock. The arriving
/// job holds the lock until it stands in a line, where that release finds it.</para>
/// <para><b>No job overtakes.</b> As long as a job waits the mark is set, so a newcomer cannot take a worker without the lock. Each earlier
/// holder of the lock has settled. So no worker is free while a job waits that the discipline would let run on it, unless the queue is
/// paused.</para>
/// <para><b>Exactly one outcome.</b> A grant, a timeout, a cancellation and a stop each move a waiter's status away from waiting under the
/// lock, and each looks at it first. Callers are woken outside the lock, so their continuations cannot deadlock with it.</para>
/// </remarks>
internal sealed class AdmissionEngine : IWaiterOwner
{
    // The word is the only part that is used without the lock.
    private WorkerSlots _slots;

    // Never taken inside another lock of the library's, and no code that is not the library's runs under it, except for the clock.
    private readonly Lock _lock = new();

    // All below is guarded by _lock, but for what its members say.
    private readonly WorkerLimit _limit = new();
    private readonly AdaptiveControl _adaptive;
    private readonly WaitingRoom _room;
    private readonly RejectionBook _rejections;
    private readonly Departures _departures;
    private readonly ExpiryTimer _timer;
    private readonly DryRunGate _dryRun = new();
    private JobQueueOptions _settings;
    private long _maxWaitTicks;
    private EngineState _state;
    private IFreeWorkerObserver? _observer;
    private TaskCompletionSource? _drained;
    private bool _lastOneWaits;

    /// <param name="settings">The settings, which are valid and not changed any more.</param>
    /// <param name="clock">The queue's clock.</param>
    /// <param name="telemetry">What is reported as it happens.</param>
    /// <param name="keySalt">Decides which partitions a key is dealt.</param>
    public AdmissionEngine(JobQueueOptions settings, QueueClock clock, QueueTelemetry telemetry, ulong keySalt)
    {
        Clock = clock;
        Telemetry = telemetry;
        _settings = settings;
        _rejections = new RejectionBook(clock.TicksPerSecond);
        _timer = new ExpiryTimer(clock.Time, OnTimer);
        _adaptive = new AdaptiveControl(_limit);
        CacheTimes(settings);
        _limit.SetSettings(settings);
        _adaptive.Configure(settings, before: null);
        _room = new WaitingRoom(this, LineSettings.Of(settings, _limit.InForce, clock), keySalt);
        _departures = new Departures(_room, _rejections, _limit, clock);
        _slots = new WorkerSlots(_limit.InForce, HasHold);
        if (settings.DryRun)
        {
            lock (_lock)
                SwitchDryRunLocked();
        }
    }

    public QueueClock Clock { get; }

    public QueueTelemetry Telemetry { get; }

    /// <summary>The settings in force. Never changed, only replaced.</summary>
    public JobQueueOptions Settings => Volatile.Read(ref _settings);

    /// <summary>Whether jobs should be timed: from having got their workers to having given them back.</summary>
    public bool MeasuresLatency => _adaptive.Active is not null;

    /// <summary>The workers that one job may ask for.</summary>
    public int MaxWeight => _limit.MaxWeight;

    private bool IsPaused => _state.IsPaused();

    /// <summary>Whether every job has to take the lock, also while no job waits.</summary>
    private bool HasHold => _state != EngineState.Running || _room.Lines.SeesEveryJob || _observer is { IsWaiting: true } || _dryRun.IsOpen;

    /// <summary>Takes a worker if one is free and no job waits. One compare-and-set, the whole cost of a queue that is not full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdmit() => _slots.TryTake();

    /// <summary>Gives back the worker of a job that has ended, and counts the job as ran. Exactly one call for each admission.</summary>
    public void Release()
    {
        if (!_slots.TryGiveBack())
            ReleaseAndHandOff();
    }

    /// <summary>Gives back all that an admitted job holds.</summary>
    /// <param name="held">What its <see cref="Admission"/> said; null for a single worker of which no more is known.</param>
    public void Release(JobRecord? held)
    {
        if (held is null)
        {
            Release();
            return;
        }
        WakeList wake;
        lock (_lock)
        {
            _slots.GiveBackLocked(held.Workers);
            if (_room.Lines.KeepsRecords)
                _room.Lines.OnFinished(held, Clock.GetTimestamp());
            held.Workers = 0;
            wake = SettleLocked();
        }
        wake.Complete();
    }

    /// <summary>Decides about a job that found no free worker at first sight: it takes one after all, waits, or is refused.</summary>
    /// <param name="jobState">Its <see cref="JobTraits.JobState"/>.</param>
    /// <param name="mayWait">Whether it takes a place in line where there is no worker.</param>
    /// <param name="admission">The decision, where there is one already.</param>
    /// <param name="hasLeft">
    /// Whether its caller was gone when it came. Such a job takes a free worker as any other, and its caller's own code learns the rest from the
    /// token. Where it would wait or be refused, it counts as abandoned: the queue has turned away nothing that anything waits for.
    /// </param>
    /// <param name="source">Where the job comes from.</param>
    /// <returns>
    /// The waiter to await, once, after <see cref="Waiter.LeaveOn"/> where there is a token. Until it is awaited it cannot be reused, whatever
    /// happens to it meanwhile. Null if <paramref name="admission"/> is the decision already.
    /// </returns>
    public Waiter? Arrive(object? jobState, bool mayWait, out Admission admission, bool hasLeft, JobSource source)
    {
        Waiter waiter;
        WakeList displaced = new(), wake = new();
        // A guess: where the job before was refused, this one probably is, too, and needs no time.
        var now = _lastOneWaits ? Clock.GetTimestamp() : 0;
        lock (_lock)
        {
            if (TryDecideLocked(ref jobState, mayWait, hasLeft, source, out admission))
                return null;
            waiter = PlaceLocked(jobState, source, now, ref displaced);
            if (_room.Lines.KeepsRecords)
            {
                // Workers may be free that others had to leave alone, and it may be the newcomer's turn.
                wake = SettleLocked();
            }
            else
            {
                ArmTimerLocked();
                AssertInvariantsLocked();
            }
        }
        displaced.Complete();
        wake.Complete();
        return waiter;
    }

    public void Abandon(Waiter waiter)
    {
        WakeList left = new(), wake;
        lock (_lock)
        {
            if (waiter.Status != AdmissionStatus.Waiting)
                return;
            UpdateNowLocked();
            _departures.Abandon(waiter, ref left);
            wake = SettleLocked();
        }
        left.Complete();
        wake.Complete();
    }

    public void Recycle(Waiter waiter) => _room.Recycle(waiter);

    public void ReportWait(in Admission admission, int partition) => Telemetry.ReportWait(admission, partition);

    public QueueLease Lease(in Admission admission) => QueueLease.From(this, admission);

    /// <summary>A job that is comparable to the others has ended well. Called before its worker is given back.</summary>
    /// <param name="latency">How long it held its worker, in ticks of the queue's clock.</param>
    public void ReportLatency(long latency)
    {
        if (_adaptive.Active is not { } search)
            return;
        var (limit, found) = (_slots.Limit, _adaptive.Workers);
        if (search.Report(latency, _slots.Free <= 0 && limit >= found, limit, Settings) is not { } workers || workers == found)
            return;
        // The bounds may have changed meanwhile, or an operator may have fixed the number.
        Change((search, workers), static (engine, step) => engine._adaptive.TrySet(step.search, step.workers, engine._settings));
    }

    /// <summary>A job says that what it calls is overloaded.</summary>
    public void ReportOverload() => _adaptive.Active?.ReportOverload();

    /// <summary>Sets a cap on the workers, or takes it away.</summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void SetCap(string name, int? workers) => Change((name, workers), static (engine, cap) =>
    {
        engine.ThrowIfDisposedLocked();
        engine._limit.Set(cap.name, cap.workers);
        return true;
    });

    /// <summary>Sets an operator's number of workers in the place of the settings', or ends it.</summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void SetOverride(int? workers) => Change(workers, static (engine, workers) =>
    {
        engine.ThrowIfDisposedLocked();
        engine._limit.SetOverride(workers);
        engine._adaptive.UpdateActive();
        return true;
    });

    /// <summary>Puts other settings in force.</summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Apply(JobQueueOptions settings)
    {
        WakeList letThrough = default, wake;
        lock (_lock)
        {
            ThrowIfDisposedLocked();
            var before = _settings;
            _settings = settings;
            _limit.SetSettings(settings);
            _adaptive.Configure(settings, before);
            _slots.ResizeLocked(_limit.InForce);
            CacheTimes(settings);
            _room.Reshape(LineSettingsLocked());
            HoldLocked();
            if (settings.MaxWait != before.MaxWait)
                _timer.Disarm();
            if (settings.DryRun != before.DryRun)
                letThrough = SwitchDryRunLocked();
            wake = SettleLocked();
        }
        letThrough.Complete();
        wake.Complete();
    }

    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Pause() => Change(0, static (engine, _) =>
    {
        engine.ThrowIfDisposedLocked();
        engine._state = engine._state.Paused();
        return true;
    });

    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Resume()
    {
        TaskCompletionSource? undone = null;
        Change(0, (engine, _) =>
        {
            engine.ThrowIfDisposedLocked();
            engine._state = engine._state.Resumed();
            (undone, engine._drained) = (engine._drained, null);
            return true;
        });
        undone?.TrySetCanceled();
    }

    /// <summary>Pauses or resumes, but leaves a queue alone that drains, stops or was disposed: that was another decision.</summary>
    /// <returns>False if it was left alone.</returns>
    public bool TrySetPaused(bool paused) => Change(paused, static (engine, paused) =>
    {
        if (!engine._state.CanBePaused())
            return false;
        engine._state = paused ? engine._state.Paused() : engine._state.Resumed();
        return true;
    });

    /// <returns>Completes when the last job has ended, or is cancelled by <see cref="Resume"/>.</returns>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public Task Drain(bool rejectWaiting)
    {
        Task drained;
        WakeList refused = default, wake;
        lock (_lock)
        {
            ThrowIfDisposedLocked();
            _state = _state.Drained();
            HoldLocked();
            if (rejectWaiting)
                RefuseAllLocked(pushedOnes: true, ref refused);
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained.Task;
            wake = SettleLocked();
        }
        refused.Complete();
        wake.Complete();
        return drained;
    }

    /// <summary>The application stops: callers that wait in their own flow are refused, and so are those that would have to.</summary>
    /// <remarks>
    /// A server waits for every request it has, waiting ones included, so a request that waits here holds up the whole stop. The queue cannot
    /// know which callers are requests, so all count as such. Pushed jobs hold up nothing: they keep their places, and more may be pushed, until
    /// the queue is drained or disposed. A caller that finds a free worker gets it. Nothing takes this back.
    /// </remarks>
    public void RefuseCallers() => End(static state => state.IsDisposed() || state.IsStopping() ? state : state.Stopped(), pushedOnes: false);

    /// <summary>The queue is disposed.</summary>
    /// <returns>False if it was disposed before.</returns>
    public bool Close() => End(static state => state.Closed(), pushedOnes: true);

    /// <summary>Changes what an observer waits for. It learns of a free worker from now on.</summary>
    /// <param name="observer">The observer of this queue. There is one.</param>
    /// <param name="state">What the change is about.</param>
    /// <param name="change">Gets that and the time. Runs under the lock. False if it has changed nothing.</param>
    public void Observe<TState>(IFreeWorkerObserver observer, TState state, Func<TState, long, bool> change) =>
        Change((observer, state, change), static (engine, step) =>
        {
            engine._observer = step.observer;
            return step.change(step.state, engine.Clock.GetTimestamp());
        });

    /// <summary>Asks for one call on the thread pool when the next job is refused: see <see cref="RejectionBook.TryAwaitNext"/>.</summary>
    public bool TryAwaitRefusal(Action<RejectionReason> callback, long known)
    {
        lock (_lock)
            return _rejections.TryAwaitNext(callback, known);
    }

    /// <summary>Reads one consistent cut under the lock.</summary>
    public TResult Read<TArgument, TResult>(TArgument argument, EngineReader<TArgument, TResult> read)
    {
        lock (_lock)
            return read(new EngineView(_settings, _state, _slots.ReadLocked(), _limit, _room, _rejections, _dryRun, Clock, _departures.Abandoned), argument);
    }

    public long CountRejected(RejectionReason reason) => _rejections.ByReason[reason];

    private bool Change<TState>(TState state, Func<AdmissionEngine, TState, bool> change)
    {
        WakeList wake;
        lock (_lock)
        {
            if (!change(this, state))
                return false;
            if (_slots.Limit != _limit.InForce)
            {
                _slots.ResizeLocked(_limit.InForce);
                _room.Lines.OnLimitChanged(_limit.InForce);
            }
            HoldLocked();
            wake = SettleLocked();
        }
        wake.Complete();
        return true;
    }

    private bool End(Func<EngineState, EngineState> transition, bool pushedOnes)
    {
        WakeList refused = default, wake;
        lock (_lock)
        {
            var next = transition(_state);
            if (next == _state)
                return false;
            _state = next;
            HoldLocked();
            RefuseAllLocked(pushedOnes, ref refused);
            wake = SettleLocked();
            if (_state.IsDisposed())
                _timer.Dispose();
        }
        refused.Complete();
        wake.Complete();
        return true;
    }

    private void ReleaseAndHandOff()
    {
        WakeList wake;
        var now = Clock.GetTimestamp();
        lock (_lock)
        {
            _slots.GiveBackLocked(1);
            wake = SettleLocked(now);
        }
        wake.Complete();
    }

    private void OnTimer()
    {
        // Fake clocks fire what is due while they are asked for the time or set. What this thread is in the middle of comes first.
        if (_lock.IsHeldByCurrentThread)
        {
            _timer.FireAgainSoon();
            return;
        }
        WakeList wake;
        lock (_lock)
        {
            if (_state.IsDisposed())
                return;
            _timer.OnFired();
            wake = SettleLocked();
        }
        wake.Complete();
    }

    /// <summary>
    /// Brings the queue to rest after any change: refuses the waiters whose time is over, hands free workers to the others, and clears the mark
    /// when nothing needs it any more.
    /// </summary>
    /// <param name="now">A timestamp that was taken before the lock was; 0 to take one where it is needed.</param>
    /// <returns>The waiters to wake outside of the lock.</returns>
    private WakeList SettleLocked(long now = 0)
    {
        var wake = new WakeList();
        if (_dryRun.IsOpen)
            ObserveDryRunLocked();
        TellObserverLocked();
        if (_room.Count > 0)
        {
            UpdateNowLocked(now);
            _departures.RefuseExpired(_maxWaitTicks, ref wake);
            // In a pause, jobs wait because an operator wants it so.
            if (!IsPaused)
            {
                _departures.Shed(_maxWaitTicks, ref wake);
                while (_room.Count > 0 && _slots.Free is > 0 and var free && _room.Lines.Next(free, out var workers) is { } waiter)
                    StartWaiterLocked(waiter, workers, ref wake);
            }
            TellObserverLocked();
        }
        if (_room.Count > 0)
            ArmTimerLocked();
        else
            OnIdleLocked();
        if (_drained is not null && _room.Count == 0 && _slots.ReadLocked().Running == 0)
            (wake.Drained, _drained) = (_drained, null);
        AssertInvariantsLocked();
        return wake;
    }

    private void StartWaiterLocked(Waiter waiter, int workers, ref WakeList wake)
    {
        TakeLocked(waiter.Job, workers, Clock.Now);
        waiter.Status = AdmissionStatus.Admitted;
        Clock.OnProgressLocked();
        _departures.Leave(waiter, ref wake);
    }

    private void OnIdleLocked()
    {
        Clock.ForgetSampleLocked();
        _room.Lines.Overload?.Observe(Clock.Now, longestWait: 0);
        _timer.Disarm();
        if (!HasHold)
            _slots.ClearMarkLocked();
    }

    /// <summary>Decides about a newcomer, unless it waits.</summary>
    private bool TryDecideLocked(ref object? jobState, bool mayWait, bool hasLeft, JobSource source, out Admission admission)
    {
        if (_dryRun.IsOpen)
        {
            admission = LetThroughLocked(jobState, mayWait);
            return true;
        }
        if (!_state.AcceptsNewcomers() || (_state.IsStopping() && source == JobSource.Request))
        {
            admission = TurnAwayLocked(RejectionReason.Draining, hasLeft);
            return true;
        }
        var job = jobState as JobRecord;
        if (job is { NeedsOrder: true })
            _room.EnableFairLines(LineSettingsLocked());
        if (job is null && _room.Lines.KeepsRecords)
            jobState = job = new JobRecord(new JobTraits { Tag = jobState });
        if (job?.Deadline <= TimeSpan.Zero)
        {
            admission = TurnAwayLocked(RejectionReason.DeadlineTooClose, hasLeft);
            return true;
        }
        var refusal = _state.IsStopping() && source != JobSource.Push ? RejectionReason.Draining : RefusalToWaitLocked(job, mayWait);
        // What has left takes no place, so it asks for no mark either.
        if (TryStartLocked(job, mark: refusal is null && !hasLeft))
        {
            admission = Admission.Immediate(job is { Workers: > 0 } ? job : null);
            return true;
        }
        if (refusal is not null || hasLeft)
        {
            admission = TurnAwayLocked(refusal.GetValueOrDefault(), hasLeft);
            return true;
        }
        admission = default;
        return false;
    }

    /// <summary>Why a newcomer may not wait; null if it may.</summary>
    private RejectionReason? RefusalToWaitLocked(JobRecord? job, bool mayWait) =>
        _room.Lines.RefusalOf(job, mayWait) is { } refusal ? refusal
        : _maxWaitTicks <= 0 ? RejectionReason.WaitTimeout
        : job?.Deadline is { } left && WaitEstimate.For(job, _room, Clock, _state) > Clock.ToTimestampTicks(left) ? RejectionReason.DeadlineTooClose
        : null;

    private Admission TurnAwayLocked(RejectionReason reason, bool hasLeft)
    {
        if (hasLeft)
        {
            _departures.CountAbandoned();
            return Admission.LeftBefore();
        }
        _lastOneWaits = false;
        Clock.UpdateNowBeforeRefusalLocked(_slots.Ran, IsPaused, _room.Count > 0, _rejections.Total);
        return Admission.Refused(reason, _departures.CountRefusal(reason));
    }

    /// <summary>A newcomer takes its workers if they are free and no waiter has a better right to them. Otherwise the mark is set, if asked for.</summary>
    private bool TryStartLocked(JobRecord? job, bool mark)
    {
        var workers = job?.Weight ?? 1;
        if (!_room.Lines.SeesEveryJob && !_state.IsStopping())
        {
            if (!_slots.TryTakeOrMarkLocked(workers, mark))
                return false;
            if (workers > 1)
                OnStartedLocked(job!, workers, _room.Lines.KeepsRecords ? Clock.GetTimestamp() : Clock.Now);
            return true;
        }
        // Every job has taken the lock: the mark is set, so workers that are seen here stay free.
        var free = IsPaused ? 0 : _slots.Free;
        var mayStart = _room.Lines.SeesEveryJob
            ? free > 0 && _room.Lines.MayStart(job!, free, out workers)
            : free >= workers && _room.Count == 0 && _observer is not { IsWaiting: true };
        if (!mayStart)
            return false;
        TakeLocked(job, workers, _room.Lines.KeepsRecords ? Clock.GetTimestamp() : Clock.Now);
        return true;
    }

    /// <summary>Takes workers for a job, with the mark set.</summary>
    private void TakeLocked(JobRecord? job, int workers, long now)
    {
        _slots.TakeLocked(workers);
        if (job is not null && (workers > 1 || _room.Lines.KeepsRecords))
            OnStartedLocked(job, workers, now);
    }

    /// <summary>The job has to be told from others when it ends.</summary>
    private void OnStartedLocked(JobRecord job, int workers, long now)
    {
        job.Workers = workers;
        _room.Lines.OnStarted(job, now);
    }

    private Waiter PlaceLocked(object? jobState, JobSource source, long now, ref WakeList displaced)
    {
        if (_room.Count == 0)
            Clock.ForgetSampleLocked();
        UpdateNowLocked(now);
        if (_room.Count == 0)
        {
            Clock.OnProgressLocked();
            // Until now no job waited, so nothing stands.
            _room.Lines.Overload?.Observe(Clock.Now, longestWait: 0);
        }
        _lastOneWaits = true;
        var waiter = _room.Rent();
        waiter.Time = Clock.Now;
        waiter.Detail = _room.Count;
        waiter.JobState = jobState;
        waiter.IsPushed = source == JobSource.Push;
        if (waiter.Job is { Deadline: { } left } job)
            job.DeadlineAt = Clock.Now + Math.Min(Clock.ToTimestampTicks(left), long.MaxValue - Clock.Now);
        if (_room.Place(waiter) is { } victim)
            _departures.Refuse(victim, RejectionReason.Displaced, ref displaced);
        return waiter;
    }

    private void RefuseAllLocked(bool pushedOnes, ref WakeList wake)
    {
        if (_room.Count > 0)
            UpdateNowLocked();
        _departures.RefuseAll(pushedOnes, ref wake);
    }

    /// <summary>The dry run begins, with the settings in force or later, or ends.</summary>
    /// <returns>The waiters. They are let through.</returns>
    private WakeList SwitchDryRunLocked()
    {
        var wake = new WakeList();
        if (!_settings.DryRun)
        {
            _dryRun.Close();
            return wake;
        }
        _slots.MarkLocked();
        UpdateNowLocked();
        // A waiter that does not fit into the word goes on waiting for a free worker.
        while (_room.Oldest is { } waiter && WorkersFor(waiter.Job) is var workers && _slots.HasRoomLocked(workers))
        {
            _room.Lines.Remove(waiter);
            StartWaiterLocked(waiter, workers, ref wake);
        }
        _dryRun.Open(Clock.Now, _slots.Ran);
        return wake;
    }

    /// <summary>Lets a job through and notes what would have become of it.</summary>
    private Admission LetThroughLocked(object? jobState, bool mayWait)
    {
        if (_room.Lines.KeepsRecords && jobState is not JobRecord)
            jobState = new JobRecord(new JobTraits { Tag = jobState });
        var job = jobState as JobRecord;
        var workers = WorkersFor(job);
        // The word has no room for more. A service that gets here needs no dry run to know that it needs a queue.
        if (!_slots.HasRoomLocked(workers))
            return TurnAwayLocked(RejectionReason.QueueFull, hasLeft: false);
        ObserveDryRunLocked();
        var places = mayWait ? (long)_settings.Partitions * _settings.PartitionCapacity : 0;
        var timeLeft = job?.Deadline is { } left ? Clock.ToTimestampTicks(left) : long.MaxValue;
        var verdict = _dryRun.Judge(job, !IsPaused && _slots.Free >= workers, places, _state, _slots.Limit, _maxWaitTicks, timeLeft);
        TakeLocked(job, workers, Clock.Now);
        ObserveDryRunLocked();
        return Admission.LetThrough(verdict, job is { Workers: > 0 } ? job : null);
    }

    /// <summary>The workers of a job in a dry run: as many as it weighs, and not more than there are.</summary>
    private int WorkersFor(JobRecord? job) => Math.Min(job?.Weight ?? 1, Math.Max(1, _slots.Limit));

    private void ObserveDryRunLocked()
    {
        Clock.UpdateNowWithoutSampleLocked();
        _dryRun.Observe(Clock.Now, _slots.ReadLocked());
    }

    private void TellObserverLocked()
    {
        if (_observer is { IsWaiting: true } observer)
            observer.OnSettle(new FreeWorkerNews(_state, !IsPaused && _slots.Free > 0, _room.Oldest?.Time ?? long.MaxValue));
    }

    /// <summary>Sets the timer for the waiter that expires first.</summary>
    private void ArmTimerLocked()
    {
        if (_timer.IsArmed && !_room.HasDeadlines && _room.Lines.Overload is null)
            return;
        var expiry = NextExpiryLocked();
        if (expiry != long.MaxValue)
            _timer.Arm(expiry, Clock.ToTimeSpan(expiry - Clock.Now));
    }

    private long NextExpiryLocked() =>
        _room.NextExpiry(IsPaused || _room.Lines.Overload is not { } overload ? _maxWaitTicks : Math.Min(_maxWaitTicks, overload.WaitLimit));

    private void UpdateNowLocked(long taken = 0) => Clock.UpdateNowLocked(_slots.Ran, IsPaused, taken);

    /// <summary>While anything asks for it, every job takes the lock, so that it meets what holds it up.</summary>
    private void HoldLocked()
    {
        if (HasHold)
            _slots.MarkLocked();
    }

    private void CacheTimes(JobQueueOptions settings)
    {
        _maxWaitTicks = Clock.ToTimestampTicks(settings.MaxWait);
        _rejections.CacheTimes(settings);
    }

    private LineSettings LineSettingsLocked() => LineSettings.Of(_settings, _limit.InForce, Clock);

    private void ThrowIfDisposedLocked() => ObjectDisposedException.ThrowIf(_state.IsDisposed(), typeof(JobQueue));

    [Conditional("DEBUG")]
    private void AssertInvariantsLocked()
    {
        var workers = _slots.ReadLocked();
        var waiting = _room.Count;
        Debug.Assert(_room.Lines.CountByPartition().Sum() == waiting, "The lines and the order of arrival hold the same waiters.");
        Debug.Assert(waiting == 0 || _slots.IsMarked, "No job waits while the mark is clear.");
        Debug.Assert(IsPaused || _room.Lines.IsSettled(workers.Free), "No worker is idle while a job waits that may have it.");
        Debug.Assert(waiting > 0 || HasHold == _slots.IsMarked, "The mark stands exactly as long as something asks for it.");
        Debug.Assert(!_timer.IsArmed || waiting > 0, "The timer is armed only while a job waits.");
        Debug.Assert(waiting == 0 || NextExpiryLocked() is var due && (due == long.MaxValue || (_timer.IsArmed && _timer.Due <= due)), "The timer watches every waiter with a limit.");
        Debug.Assert(workers.Running >= 0 && workers.Running <= workers.InUse, "No worker was given back twice.");
        Debug.Assert(workers.Limit == _limit.InForce, "The limit in force is the minimum of the caps.");
    }
}
