namespace QueueAdmission.Cluster;

/// <summary>The lease that a node holds on the workers of one queue, and the resulting cap on these workers.</summary>
internal sealed class HeldLease(ILeasedWorkers workers, LeaseRules rules)
{
    private LocalTime _end;
    private int _afterwards;

    /// <summary>
    /// Whether the node has been given a lease, possibly on 0 workers. The lease may have ended since: see
    /// <see cref="IsValid"/>.
    /// </summary>
    public bool IsGiven { get; private set; }

    /// <summary>The number of workers that are reserved for this node while the lease is valid.</summary>
    public int Workers { get; private set; }

    /// <summary>
    /// The number of workers on which jobs may start: those of the lease, or the fallback if there is no lease.
    /// </summary>
    public int Cap { get; private set; }

    /// <summary>The fencing token, or 0 if the node holds no worker.</summary>
    public long Fence { get; private set; }

    public LocalTime End => _end;

    /// <summary>Called when a lease is given or renewed, before a job can start on the new workers.</summary>
    public Action? OnGiving { get; set; }

    /// <summary>Called when the node loses its lease.</summary>
    public Action? OnLost { get; set; }

    public bool IsValid(LocalTime now) =>
        IsGiven && !(rules.HasFlag(LeaseRules.WallClock) ? _end.IsOver(now) : now.Monotonic >= _end.Monotonic);

    /// <summary>
    /// Returns the number of workers that the node holds now, according to its lease and the document.
    /// </summary>
    /// <remarks>Lowers the cap to this number, so that no job starts above what the node claims.</remarks>
    /// <param name="own">The node's entry in the document, or null if the node has none.</param>
    /// <param name="isLearning">Whether learning is under way. During learning, the document is not trusted.</param>
    /// <param name="now">The current time on both clocks.</param>
    /// <param name="limit">The number of workers that all nodes together may use.</param>
    public int Claim(LeaseEntry? own, bool isLearning, LocalTime now, int limit)
    {
        var isValid = IsValid(now) || !rules.HasFlag(LeaseRules.FallBack);
        if (isLearning)
        {
            if (isValid || !rules.HasFlag(LeaseRules.ClaimFallback))
                return isValid ? Workers : 0;
            // As for a report: first prevent further starts, then count the running jobs.
            LowerCap(workers.ReadDemand().InUse);
            return Math.Min(workers.ReadDemand().InUse, limit);
        }
        if (!isValid)
            return 0;
        if (own is null)
        {
            // The other nodes have seen this lease end, and have dropped the entry.
            Lose();
            return 0;
        }
        var claim = Math.Min(Workers, own.Holds);
        LowerCap(claim);
        return claim;
    }

    /// <summary>Sets the fallback, which applies when the lease ends. Without a lease, it applies at once.</summary>
    public void SetFallback(int afterwards)
    {
        if (_afterwards == afterwards)
            return;
        _afterwards = afterwards;
        Apply(IsGiven ? Cap : afterwards);
    }

    /// <summary>Lowers the cap. From now on no job starts above it.</summary>
    public void LowerCap(int to)
    {
        if (to < Cap)
            Apply(to);
    }

    /// <summary>Raises the cap again, at most to the number of workers held.</summary>
    public void UseUpTo(int cap)
    {
        if (IsGiven && Math.Min(cap, Workers) is var most && most > Cap)
            Apply(most);
    }

    /// <summary>Gives up workers. Other nodes may use them once this node's write has taken effect.</summary>
    public void Lower(int to) => Workers = Math.Min(Workers, to);

    /// <summary>Applies the lease that has been written to the store.</summary>
    public void Give(int workersHeld, int cap, long fence, LocalTime end)
    {
        (IsGiven, Workers, Fence, _end) = (true, workersHeld, fence, end);
        OnGiving?.Invoke();
        Apply(cap);
    }

    /// <summary>Ends the lease. From now on, only the fallback applies.</summary>
    public void Lose()
    {
        if (!rules.HasFlag(LeaseRules.FallBack))
            return;
        var wasGiven = IsGiven;
        (IsGiven, Workers, Fence) = (false, 0, 0);
        Apply(_afterwards);
        if (wasGiven)
            OnLost?.Invoke();
    }

    /// <summary>
    /// Ends the lease of a node that has left. No job may start afterwards, not even on the fallback.
    /// </summary>
    public void GiveUp()
    {
        (IsGiven, Workers, Fence) = (false, 0, 0);
        Apply(0);
    }

    private void Apply(int cap)
    {
        Cap = cap;
        workers.SetCap(cap, IsGiven ? _end : null, _afterwards);
    }
}
