namespace QueueAdmission.Cluster.Simulation;

/// <summary>A simulated queue of a node: jobs arrive, wait, run and end.</summary>
/// <param name="world">The simulated world.</param>
/// <param name="clock">Reads the clocks of the node.</param>
/// <param name="rules">The rules that are active.</param>
internal sealed class SimWorkers(SimWorld world, Func<LocalTime> clock, LeaseRules rules) : ILeasedWorkers
{
    private const int Places = 40;

    private readonly Queue<TimeSpan> _waiting = new();
    private readonly List<SimJob> _running = [];
    private int _cap;
    private int _afterwards;
    private LocalTime? _end;
    private TimeSpan _lastEnd;

    /// <summary>The mean running time of jobs.</summary>
    public TimeSpan Service { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Called when the demand has changed.</summary>
    public Action? OnChanged { get; set; }

    public int Waiting => _waiting.Count;

    public int InUse => _running.Count;

    public long Ran { get; private set; }

    /// <summary>The time since which jobs wait while none runs. Null if no job waits or if a job runs.</summary>
    public TimeSpan? IdleSince =>
        _waiting.TryPeek(out var oldest) && _running.Count == 0 ? (oldest > _lastEnd ? oldest : _lastEnd) : null;

    /// <summary>The time at which the last job started, and the time that it had waited.</summary>
    public (TimeSpan Time, TimeSpan Waited) LastStart { get; private set; }

    public List<TimeSpan> Waits { get; } = [];

    /// <summary>The number of running jobs that belong to the current lease, and so count for the limit.</summary>
    public int InUseUnderLease => _running.Count(job => !job.IsOrphan);

    public bool HasLease => _end is not null;

    /// <summary>The number of workers up to which jobs may start now.</summary>
    public int CapNow => rules.HasFlag(LeaseRules.JudgeAtGrant) && _end is { } end && IsOver(end) ? _afterwards : _cap;

    public NodeDemand ReadDemand() =>
        new(
            _running.Count,
            _waiting.Count,
            _waiting.TryPeek(out var oldest) ? world.Now - oldest : TimeSpan.Zero,
            _waiting.Count > 0 ? 1 : 0);

    public void SetCap(int workers, LocalTime? end, int afterwards)
    {
        (_cap, _end, _afterwards) = (workers, end, afterwards);
        StartJobs();
    }

    public void Arrive()
    {
        if (_waiting.Count >= Places)
            return;
        _waiting.Enqueue(world.Now);
        StartJobs();
        if (_waiting.Count > 0)
            OnChanged?.Invoke();
    }

    /// <summary>Marks the running jobs as belonging to no lease, because the node has lost its lease.</summary>
    public void Orphan() => _running.ForEach(job => job.IsOrphan = true);

    /// <summary>Removes all waiting jobs.</summary>
    public void Clear() => _waiting.Clear();

    public void Kill()
    {
        _running.Clear();
        _waiting.Clear();
    }

    /// <summary>Ends a job. Does nothing if the job has already ended because its node was killed.</summary>
    private void End(SimJob job)
    {
        if (!_running.Remove(job))
            return;
        Ran++;
        _lastEnd = world.Now;
        StartJobs();
        OnChanged?.Invoke();
    }

    private void StartJobs()
    {
        while (_waiting.Count > 0 && _running.Count < CapNow)
        {
            LastStart = (world.Now, world.Now - _waiting.Dequeue());
            Waits.Add(LastStart.Waited);
            var job = new SimJob();
            _running.Add(job);
            world.After(world.Exponential(Service), () => RunOnNode?.Invoke(() => End(job)));
        }
    }

    /// <summary>Runs an action on the node, or later if the node is frozen.</summary>
    public Action<Action>? RunOnNode { get; set; }

    private bool IsOver(LocalTime end) =>
        rules.HasFlag(LeaseRules.WallClock) ? end.IsOver(clock()) : clock().Monotonic >= end.Monotonic;

    private sealed class SimJob
    {
        public bool IsOrphan { get; set; }
    }
}
