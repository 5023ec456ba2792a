namespace QueueAdmission;

/// <summary>
/// All jobs that wait in a queue: in the order of their arrival, by their deadlines, and in the lines of the discipline
/// in force.
/// </summary>
/// <remarks>Guarded by the queue's lock, except for <see cref="Recycle"/>.</remarks>
internal sealed class WaitingRoom
{
    private readonly IWaiterOwner _owner;
    private readonly ulong _keySalt;
    private readonly WaiterPool _pool = new();
    private readonly DeadlineIndex _deadlines = new();
    private ArrivalOrder _arrivals;

    // Where the walk over all waiters goes on.
    private Waiter? _walk;

    public WaitingRoom(IWaiterOwner owner, in LineSettings settings, ulong keySalt)
    {
        _owner = owner;
        _keySalt = keySalt;
        Lines = NewDiscipline(settings);
        Lines.SwitchOverloadControl(settings, former: null);
    }

    /// <summary>The discipline in force.</summary>
    public Discipline Lines { get; private set; }

    public int Count => _arrivals.Count;

    /// <summary>The waiter that came first; null if no job waits.</summary>
    public Waiter? Oldest => _arrivals.Oldest;

    public bool HasDeadlines => !_deadlines.IsEmpty;

    /// <summary>A waiter for the next job. It is in no line yet.</summary>
    public Waiter Rent() => _pool.RentLocked();

    public void Recycle(Waiter waiter) => _pool.Return(waiter);

    /// <summary>Gives a newcomer a place. Call it only after the lines have accepted the job.</summary>
    /// <returns>The waiter that lost its place to the newcomer, if any. It has to <see cref="Leave"/>.</returns>
    public Waiter? Place(Waiter waiter)
    {
        if (waiter.Job is { Deadline: not null })
            _deadlines.Add(waiter);
        _arrivals.Append(waiter);
        return Lines.Place(waiter, _arrivals.Oldest!);
    }

    /// <summary>Removes a waiter that is in no line any more.</summary>
    public void Leave(Waiter waiter)
    {
        if (waiter == _walk)
            _walk = waiter.Younger;
        _arrivals.Remove(waiter);
        if (!_deadlines.IsEmpty)
            _deadlines.Remove(waiter);
    }

    /// <summary>
    /// Begins a walk over all waiters, with the oldest. The walk takes several sections, and waiters may come and leave
    /// meanwhile.
    /// </summary>
    public void StartWalk() => _walk = _arrivals.Oldest;

    /// <summary>The next waiter of the walk; null at its end.</summary>
    public Waiter? NextInWalk()
    {
        var waiter = _walk;
        _walk = waiter?.Younger;
        return waiter;
    }

    /// <summary>Takes an expired waiter out of its line. The engine asks again until there is none.</summary>
    public Waiter? NextExpired(long now, long maxWait)
    {
        if (NextDue(now, maxWait) is not { } waiter)
            return null;
        Lines.Remove(waiter);
        return waiter;
    }

    /// <summary>
    /// The moment at which the next waiter expires. It is the oldest waiter, or the one with the earliest deadline.
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
    /// Replaces plain lines by fair ones. Called for the first job that needs more than a turn by age.
    /// </summary>
    public void EnableFairLines(in LineSettings settings)
    {
        if (Lines is not RoundRobinLines plain)
            return;
        // The waiters stay where they are: a walk over a million of them would hold the lock for too long.
        var fair = new FairLines(_owner, settings, _keySalt);
        fair.Adopt(plain, _arrivals.Oldest, _arrivals.Youngest);
        fair.SwitchOverloadControl(settings, plain.Overload);
        Lines = fair;
    }

    /// <summary>
    /// Applies settings to the lines. A plain queue that needs fair lines from now on gets them, and all waiters are
    /// distributed over them in the order of arrival. Fair lines are kept, because they know the workers of running
    /// jobs and the debts of keys.
    /// </summary>
    /// <returns>Whether all waiters were dealt out again.</returns>
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
