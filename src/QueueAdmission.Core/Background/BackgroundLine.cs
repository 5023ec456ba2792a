namespace QueueAdmission;

/// <summary>
/// The background jobs of a queue: the line of waiting background jobs, and the workers of running ones. Guarded by the
/// queue's lock.
/// </summary>
/// <remarks>
/// <para>A background job starts in two cases. In the first, a worker is free, and no waiting live job may start. In
/// the second, the share of background jobs is due: see <see cref="BackgroundShare"/>. If the next background job then
/// needs several workers, they are reserved for it, as for a live job that is next.</para>
/// <para>Background jobs are not part of the discipline of the queue. They have no place, no turn and no key, and do
/// not count in the expected wait of a live job. While a background job waits, the mark stays set (see
/// <see cref="WorkerSlots"/>). Every release of a worker therefore takes the lock, and can start a background
/// job.</para>
/// <para>In a dry run, live jobs do not wait, but background jobs do: for a free worker or for their share. Otherwise
/// an unlimited backlog would run all at once.</para>
/// </remarks>
internal sealed class BackgroundLine(QueueConditions conditions, WaitingRoom room, WorkerLimit limit, QueueClock clock)
{
    /// <summary>
    /// The maximum number of waiters that one locked section refuses. Further sections refuse the rest.
    /// </summary>
    private const int MaxInSection = 1_000;

    private readonly BackgroundShare _share = new(clock.TicksPerSecond);
    private double _minShare;
    private Line? _line;
    private bool _hasMore;
    private bool _wasActive;

    /// <summary>The number of waiting background jobs.</summary>
    public int Waiting => _line?.Count ?? 0;

    /// <summary>Whether a background job waits. While one does, every job that ends takes the lock.</summary>
    public bool IsWaiting => _line is { Count: > 0 };

    /// <summary>The number of running background jobs.</summary>
    public int Running { get; private set; }

    /// <summary>The number of workers that running background jobs hold.</summary>
    public int WorkersInUse { get; private set; }

    /// <summary>
    /// Whether a locked section has to read the clock, so that the share can be updated. True while background jobs
    /// wait or run, and still true in the section in which the last of them leaves.
    /// </summary>
    public bool NeedsTime => IsActive || _wasActive;

    /// <summary>The sum of the workers that waiting background jobs need.</summary>
    public long WorkersWanted { get; private set; }

    /// <summary>
    /// The number of workers that the first waiting job needs. If the limit of the queue's workers is 0, the job waits
    /// for one worker.
    /// </summary>
    public int WorkersForFirst => Math.Min(_line!.Oldest.Job!.Weight, Math.Max(1, limit.InForceForWeights));

    /// <summary>Whether further sections have to refuse waiters.</summary>
    public bool HasMore => _hasMore && IsWaiting;

    /// <summary>Adds a job that waits from now on.</summary>
    /// <param name="waiter">The waiter, which has a record.</param>
    /// <param name="owner">The queue operations that the waiter uses.</param>
    /// <param name="minShare">The minimum share, which applies to all background jobs from now on.</param>
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
    /// Returns the number of free workers that live jobs may use. At most 0 while workers are reserved for a background
    /// job because the share is due.
    /// </summary>
    public int FreeForLive(in WorkerSlots slots) =>
        IsDue && WorkersForFirst > slots.Free ? Math.Min(0, slots.Free) : slots.Free;

    /// <summary>
    /// Returns whether the first waiter could start now. False at the end of a locked section, unless the queue is
    /// paused or waiters still have to be refused.
    /// </summary>
    public bool CouldStart(int free) =>
        MayStart && WorkersForFirst <= free && (IsDue || !room.Lines.HasReadyWaiter);

    /// <summary>Starts the first waiter if the share is due and there are workers for it.</summary>
    public bool TryStartDue(ref WorkerSlots slots, ref WakeList wake)
    {
        if (!IsDue)
            return false;
        var workers = WorkersForFirst;
        // In a dry run, live jobs do not wait, so in a rush no worker becomes free. The job then starts beyond the
        // limit.
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

    /// <summary>Called when a background job has released its workers.</summary>
    public void OnFinished(JobRecord job)
    {
        Running--;
        WorkersInUse -= job.Workers;
    }

    /// <summary>Refuses waiters if the queue no longer accepts background jobs.</summary>
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

    /// <summary>The number of seconds after which a refused background job may be tried again.</summary>
    public int RetryAfterSeconds => (int)Math.Ceiling(conditions.Settings.MinRetryAfter.TotalSeconds);

    /// <summary>
    /// Updates the share. Called at the beginning and at the end of each locked section that changes the waiters or the
    /// workers.
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

    // While a cap with an end allows fewer workers than the first waiter needs, no workers are reserved: they would
    // never be enough.
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
