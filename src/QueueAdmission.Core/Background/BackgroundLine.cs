namespace QueueAdmission;

/// <summary>
/// The background jobs of a queue: the line of waiting jobs, and the workers that running jobs hold. Guarded by the
/// queue's lock.
/// </summary>
/// <remarks>
/// <para>A background job starts in two cases. A worker is free, and no live job waits that may have it. Or
/// <see cref="BackgroundShare"/> says that the next free worker is for a background job. Then workers are saved for it
/// if it needs several, as for a live job that has its turn.</para>
/// <para>Background jobs stand beside the discipline of the queue. They have no place, no turn and no key there, so no
/// live job is counted behind them. The word's mark stays set while one waits, as for a
/// <see cref="FreeWorkerWatch"/>. So each worker that is given back meets the lock, where the line finds it.</para>
/// <para>In a dry run live jobs do not wait. Background jobs do, for a free worker or for their share. An
/// unlimited backlog would otherwise run all at once.</para>
/// </remarks>
internal sealed class BackgroundLine(QueueConditions conditions, WaitingRoom room, WorkerLimit limit, QueueClock clock)
{
    /// <summary>How many waiters one locked section refuses. The rest is left to further sections.</summary>
    private const int MaxInSection = 1_000;

    private readonly BackgroundShare _share = new(clock.TicksPerSecond);
    private double _minShare;
    private Line? _line;
    private bool _hasMore;
    private bool _wasActive;

    /// <summary>The background jobs that wait.</summary>
    public int Waiting => _line?.Count ?? 0;

    /// <summary>Whether a background job waits. While one does, every job that ends takes the lock.</summary>
    public bool IsWaiting => _line is { Count: > 0 };

    /// <summary>The background jobs that run.</summary>
    public int Running { get; private set; }

    /// <summary>The workers that running background jobs hold.</summary>
    public int WorkersInUse { get; private set; }

    /// <summary>
    /// Whether a locked section has to know the time. It has to while background jobs wait or run, and once more
    /// afterwards.
    /// </summary>
    public bool NeedsTime => IsActive || _wasActive;

    /// <summary>The sum of the workers that waiting background jobs need.</summary>
    public long WorkersWanted { get; private set; }

    /// <summary>The workers that the first waiting job needs. At a limit of 0 it waits for one.</summary>
    public int WorkersForFirst => Math.Min(_line!.Oldest.Job!.Weight, Math.Max(1, limit.InForceForWeights));

    /// <summary>Whether a section has left waiters that have to be refused.</summary>
    public bool HasMore => _hasMore && IsWaiting;

    /// <summary>A job waits from now on.</summary>
    /// <param name="waiter">The waiter, which has a record.</param>
    /// <param name="owner">What it needs of the queue.</param>
    /// <param name="minShare">The minimum share of all background jobs from now on.</param>
    public void Append(Waiter waiter, IWaiterOwner owner, double minShare)
    {
        _minShare = minShare;
        WorkersWanted += waiter.Job!.Weight;
        (_line ??= new Line(owner)).Append(waiter);
    }

    public void Remove(Waiter waiter)
    {
        WorkersWanted -= waiter.Job!.Weight;
        _line!.Remove(waiter);
    }

    /// <summary>
    /// The free workers that live jobs may use. It is 0 while workers are saved for background jobs whose share is due.
    /// </summary>
    public int FreeForLive(in WorkerSlots slots) =>
        IsDue && WorkersForFirst > slots.Free ? Math.Min(0, slots.Free) : slots.Free;

    /// <summary>Whether the first waiter could start now. When a locked section ends, it never can.</summary>
    public bool CouldStart(int free) =>
        MayStart && WorkersForFirst <= free && (IsDue || !room.Lines.HasReadyWaiter);

    /// <summary>Starts the first waiter if the share is due and there are workers for it.</summary>
    public bool TryStartDue(ref WorkerSlots slots, ref WakeList wake)
    {
        if (!IsDue)
            return false;
        var workers = WorkersForFirst;
        // In a dry run workers are never free in a rush, and live jobs do not wait for them.
        if (conditions.Settings.DryRun ? !slots.HasRoomLocked(workers) : workers > slots.Free)
            return false;
        Start(ref slots, workers, ref wake);
        return true;
    }

    /// <summary>Starts waiters on the workers that live jobs leave free.</summary>
    public void StartOnFree(ref WorkerSlots slots, ref WakeList wake)
    {
        while (CouldStart(slots.Free))
            Start(ref slots, WorkersForFirst, ref wake);
    }

    /// <summary>A background job has given its workers back.</summary>
    public void OnFinished(JobRecord job)
    {
        Running--;
        WorkersInUse -= job.Workers;
    }

    /// <summary>Refuses waiters if the queue takes no more background jobs.</summary>
    public void RefuseIfClosed(ref WakeList wake)
    {
        for (var left = MaxInSection; left > 0 && IsWaiting && !MayStart; left--)
        {
            var waiter = _line!.Oldest;
            Remove(waiter);
            waiter.Reject(RejectionReason.Draining, RetryAfterSeconds);
            wake.Append(waiter);
        }
        _hasMore = IsWaiting && !MayStart;
    }

    /// <summary>After how many seconds a job that was refused may come again.</summary>
    public int RetryAfterSeconds => (int)Math.Ceiling(conditions.Settings.MinRetryAfter.TotalSeconds);

    /// <summary>
    /// Brings the share up to date. Called at the beginning and at the end of each section that changes the waiters or
    /// the workers.
    /// </summary>
    public void Observe(in WorkerSlots slots)
    {
        if (!NeedsTime)
            return;
        _wasActive = IsActive;
        var isContended = IsActive && !conditions.IsPaused
            && (conditions.Settings.DryRun ? slots.Free <= 0 : room.Lines.HasReadyWaiter);
        _share.Observe(clock.Now, _minShare * slots.Limit, WorkersInUse, isContended, IsWaiting);
    }

    private bool IsActive => Running > 0 || IsWaiting;

    private bool MayStart => IsWaiting && conditions.State.AcceptsBackground();

    // While a cap with an end leaves less than the first waiter needs, saved workers would never be enough.
    private bool IsDue => IsWaiting && _share.IsDue(WorkersInUse) && MayStart && WorkersForFirst <= limit.InForce;

    private void Start(ref WorkerSlots slots, int workers, ref WakeList wake)
    {
        var waiter = _line!.Oldest;
        Remove(waiter);
        slots.TakeLocked(workers);
        waiter.Job!.Workers = workers;
        waiter.Status = AdmissionStatus.Admitted;
        Running++;
        WorkersInUse += workers;
        wake.Append(waiter);
    }
}
