namespace QueueAdmission.Cluster;

/// <summary>The lease that a node holds on the workers of one queue, and the cap that it puts on them.</summary>
internal sealed class HeldLease(ILeasedWorkers workers, LeaseRules rules)
{
    private LocalTime _end;
    private int _afterwards;

    /// <summary>
    /// Whether the node has a lease, possibly on 0 workers. It may be over by now: see <see cref="IsValid"/>.
    /// </summary>
    public bool IsGiven { get; private set; }

    /// <summary>The workers that no other node may use. Valid as long as the lease is.</summary>
    public int Workers { get; private set; }

    /// <summary>The workers that jobs may start on now, while the lease is valid.</summary>
    public int Cap { get; private set; }

    /// <summary>The fencing token; 0 without any worker.</summary>
    public long Fence { get; private set; }

    public LocalTime End => _end;

    /// <summary>Called when a lease is given or renewed, before a job can start on what it brings.</summary>
    public Action? OnGiving { get; set; }

    /// <summary>Called when a lease that was given is lost.</summary>
    public Action? OnLost { get; set; }

    public bool IsValid(LocalTime now) =>
        IsGiven && !(rules.HasFlag(LeaseRules.WallClock) ? _end.IsOver(now) : now.Monotonic >= _end.Monotonic);

    /// <summary>The workers that the node holds now, by its lease and by the document.</summary>
    /// <remarks>The cap is lowered to them, so no job starts above what the node claims.</remarks>
    /// <param name="own">The node's entry in the document; null if it has none.</param>
    /// <param name="isLearning">Whether learning is under way. Then the document does not count.</param>
    /// <param name="now">The time.</param>
    /// <param name="limit">The workers of all nodes together.</param>
    public int Claim(LeaseEntry? own, bool isLearning, LocalTime now, int limit)
    {
        var isValid = IsValid(now) || !rules.HasFlag(LeaseRules.FallBack);
        if (isLearning)
        {
            if (isValid || !rules.HasFlag(LeaseRules.ClaimFallback))
                return isValid ? Workers : 0;
            // The same as for a report: first nothing more starts, then what runs is counted.
            LowerCap(workers.ReadDemand().InUse);
            return Math.Min(workers.ReadDemand().InUse, limit);
        }
        if (!isValid)
            return 0;
        if (own is null)
        {
            // The others have seen the end of this lease.
            Lose();
            return 0;
        }
        var claim = Math.Min(Workers, own.Holds);
        LowerCap(claim);
        return claim;
    }

    /// <summary>Sets the fallback. It applies when the lease ends, or at once if there is none.</summary>
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

    /// <summary>Raises the cap again, at most to the workers that are held.</summary>
    public void UseUpTo(int cap)
    {
        if (IsGiven && Math.Min(cap, Workers) is var most && most > Cap)
            Apply(most);
    }

    /// <summary>Gives up workers. Other nodes may use them as soon as this node's report is written.</summary>
    public void Lower(int to) => Workers = Math.Min(Workers, to);

    /// <summary>Takes over the lease that the store has written.</summary>
    public void Give(int workersHeld, int cap, long fence, LocalTime end)
    {
        (IsGiven, Workers, Fence, _end) = (true, workersHeld, fence, end);
        OnGiving?.Invoke();
        Apply(cap);
    }

    /// <summary>Ends the lease. Only the fallback is left.</summary>
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

    /// <summary>Ends the lease of a node that has left. No worker is left, not even the fallback.</summary>
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
