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

    /// <summary>The fallback changes: it holds from the end of the lease on, or from now on without a lease.</summary>
    public void SetFallback(int afterwards)
    {
        if (_afterwards == afterwards)
            return;
        _afterwards = afterwards;
        Apply(IsGiven ? Cap : afterwards);
    }

    /// <summary>No job starts above the number from now on.</summary>
    public void LowerCap(int to)
    {
        if (to < Cap)
            Apply(to);
    }

    /// <summary>Jobs may start on so many workers again, as far as they are held.</summary>
    public void UseUpTo(int cap)
    {
        if (IsGiven && Math.Min(cap, Workers) is var most && most > Cap)
            Apply(most);
    }

    /// <summary>
    /// The node is about to report less: other nodes may use the rest as soon as the report is written.
    /// </summary>
    public void Lower(int to) => Workers = Math.Min(Workers, to);

    /// <summary>The store has written what the node holds.</summary>
    public void Give(int workersHeld, int cap, long fence, LocalTime end)
    {
        (IsGiven, Workers, Fence, _end) = (true, workersHeld, fence, end);
        OnGiving?.Invoke();
        Apply(cap);
    }

    /// <summary>The lease is over, or was never given: only the fallback is left.</summary>
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

    /// <summary>The node has left: it has no right to any worker, and needs none.</summary>
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
