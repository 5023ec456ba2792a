namespace QueueAdmission;

/// <summary>
/// All waiting live jobs of a queue: in the order of their arrival, by their deadlines, and in the lines of the current
/// discipline.
/// </summary>
/// <remarks>Guarded by the queue's lock, except for <see cref="Recycle"/>.</remarks>
internal sealed class WaitingRoom
{
    private readonly IWaiterOwner _owner;
    private readonly ulong _keySalt;
    private readonly WaiterPool _pool = new();
    private readonly DeadlineIndex _deadlines = new();
    private ArrivalOrder _arrivals;

    // The waiter at which the walk over all waiters continues.
    private Waiter? _walk;

    public WaitingRoom(IWaiterOwner owner, in LineSettings settings, ulong keySalt)
    {
        _owner = owner;
        _keySalt = keySalt;
        Lines = NewDiscipline(settings);
        Lines.SwitchOverloadControl(settings, former: null);
    }

    /// <summary>The current discipline, which contains the lines.</summary>
    public Discipline Lines { get; private set; }

    public int Count => _arrivals.Count;

    /// <summary>The waiter that arrived first. Null if no job waits.</summary>
    public Waiter? Oldest => _arrivals.Oldest;

    public bool HasDeadlines => !_deadlines.IsEmpty;

    /// <summary>Returns a waiter for the next job. The waiter is in no line yet.</summary>
    public Waiter Rent() => _pool.RentLocked();

    public void Recycle(Waiter waiter) => _pool.Return(waiter);

    /// <summary>Adds a newcomer to the lines. Call it only after the lines have accepted the job.</summary>
    /// <returns>
    /// The waiter that lost its place to the newcomer, if any. The caller has to call <see cref="Leave"/> for it.
    /// </returns>
    public Waiter? Place(Waiter waiter)
    {
        if (waiter.Job is { Deadline: not null })
            _deadlines.Add(waiter);
        _arrivals.Append(waiter);
        return Lines.Place(waiter, _arrivals.Oldest!);
    }

    /// <summary>Removes a waiter that has already left its line.</summary>
    public void Leave(Waiter waiter)
    {
        if (waiter == _walk)
            _walk = waiter.Younger;
        _arrivals.Remove(waiter);
        if (!_deadlines.IsEmpty)
            _deadlines.Remove(waiter);
    }

    /// <summary>
    /// Starts a walk over all waiters, from the oldest to the youngest. The walk may take several locked sections.
    /// Waiters may arrive and leave in between.
    /// </summary>
    public void StartWalk() => _walk = _arrivals.Oldest;

    /// <summary>Returns the next waiter of the walk, or null at the end.</summary>
    public Waiter? NextInWalk()
    {
        var waiter = _walk;
        _walk = waiter?.Younger;
        return waiter;
    }

    /// <summary>
    /// Takes an expired waiter out of its line and returns it. Null if no waiter has expired. The engine calls the
    /// method until it returns null.
    /// </summary>
    public Waiter? NextExpired(long now, long maxWait)
    {
        if (NextDue(now, maxWait) is not { } waiter)
            return null;
        Lines.Remove(waiter);
        return waiter;
    }

    /// <summary>
    /// Returns the time at which the next waiter expires. That is the oldest waiter, or the waiter with the earliest
    /// deadline. <see cref="long.MaxValue"/> if no waiter can expire.
    /// </summary>
    public long NextExpiry(QueueConditions conditions)
    {
        var maxWait = conditions.IsPaused || Lines.Overload is not { } overload
            ? conditions.MaxWait
            : Math.Min(conditions.MaxWait, overload.WaitLimit);
        return Math.Min(
            maxWait == long.MaxValue || _arrivals.Oldest is not { } oldest ? long.MaxValue : oldest.Time + maxWait,
            _deadlines.Earliest);
    }

    /// <summary>
    /// Replaces plain lines by fair lines. Called when a job has a priority or a weight, which plain lines do not
    /// consider.
    /// </summary>
    public void EnableFairLines(in LineSettings settings)
    {
        if (Lines is not RoundRobinLines plain)
            return;
        // The waiters stay in their lines: a walk over a million waiters would hold the lock for too long.
        var fair = new FairLines(_owner, settings, _keySalt);
        fair.Adopt(plain, _arrivals.Oldest, _arrivals.Youngest);
        fair.SwitchOverloadControl(settings, plain.Overload);
        Lines = fair;
    }

    /// <summary>
    /// Applies new settings to the lines. If the settings need fair lines and the queue has plain lines, fair lines
    /// replace them, and all waiters are distributed over the fair lines in the order of arrival. Fair lines are never
    /// replaced by plain ones, because they know the workers of running jobs and the debts of keys.
    /// </summary>
    /// <returns>Whether all waiters were distributed again.</returns>
    public bool Reshape(in LineSettings settings)
    {
        var former = Lines;
        var isDealt = true;
        if (NeedsFairLines(settings.Options) && former is not FairLines)
        {
            Lines = NewDiscipline(settings);
            Lines.Deal(_arrivals.Oldest);
        }
        else
        {
            isDealt = Lines.Reshape(settings, _arrivals.Oldest);
        }
        Lines.SwitchOverloadControl(settings, former.Overload);
        return isDealt;
    }

    private Waiter? NextDue(long now, long maxWait) =>
        _arrivals.Oldest is { } oldest && now - oldest.Time >= maxWait ? oldest
        : _deadlines.Earliest <= now ? _deadlines.First
        : null;

    private bool NeedsFairLines(JobQueueOptions options) => Lines is FairLines || FairLines.AreNeededFor(options);

    private Discipline NewDiscipline(in LineSettings settings) =>
        NeedsFairLines(settings.Options)
            ? new FairLines(_owner, settings, _keySalt)
            : new RoundRobinLines(_owner, settings.Options);
}
