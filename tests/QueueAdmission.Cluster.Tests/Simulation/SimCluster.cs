namespace QueueAdmission.Cluster.Simulation;

/// <summary>A simulated cluster: nodes, a store, and the guarantees that are checked after every step.</summary>
internal sealed class SimCluster
{
    private readonly SimSettings _settings;
    private readonly Dictionary<SimNode, TimeSpan> _overtakenSince = [];
    private TimeSpan _waitSince;
    private double _unused;

    public SimCluster(SimSettings settings, int seed)
    {
        _settings = settings;
        World = new SimWorld(seed);
        Store = new SimStore(World);
        Store.OnSignal = text => Nodes!.ForEach(node => node.Network.Deliver(() => node.OnSignal(text)));
        Nodes = [];
        for (var i = 0; i < settings.Nodes; i++)
        {
            Nodes.Add(new SimNode(World, Store, settings, i));
        }
        World.AfterEach = Check;
        Sample();
    }

    public SimWorld World { get; }

    public SimStore Store { get; }

    public List<SimNode> Nodes { get; }

    /// <summary>A description of the first broken guarantee. Null if none is broken.</summary>
    public string? Broken { get; private set; }

    /// <summary>The time of the last disturbance of the store.</summary>
    public TimeSpan StoreDisturbedAt { get; private set; }

    /// <summary>The largest number of workers in all valid leases so far.</summary>
    public int MaxLeased { get; private set; }

    public bool IsQuiet => World.Now - StoreDisturbedAt > _settings.Lease * 3 && Nodes.TrueForAll(node =>
        node.IsAlive ? node.IsLeaving || node.IsQuiet : World.Now - node.KilledAt > _settings.Lease);

    public void DisturbStore()
    {
        StoreDisturbedAt = World.Now;
        Nodes.ForEach(node => node.DisturbedAt = World.Now);
    }

    public void AddNode(SimNode node) => Nodes.Add(node);

    public void Run(TimeSpan time)
    {
        var end = World.Now + time;
        // After the first broken guarantee, further results are of no use.
        while (World.Now < end && Broken is null)
        {
            var next = World.Now + TimeSpan.FromSeconds(1);
            World.RunUntil(next < end ? next : end);
        }
    }

    public void Break(string message) => Broken ??= $"After {World.Now.TotalSeconds:F4} s: {message}";

    private int LimitNow
    {
        get
        {
            // Until all nodes have learned of a lower limit, the former limit applies.
            var limit = _settings.Limit;
            foreach (var node in Nodes)
            {
                limit = Math.Max(limit, node.Limit ?? 0);
            }
            return limit;
        }
    }

    private void Check()
    {
        var leased = 0;
        foreach (var node in Nodes)
        {
            if (!node.IsAlive || node.IsFrozen)
                continue;
            node.Judge();
            if (_settings.Fallback.Equals(LeaseFallback.Stop) || (node.Workers.HasLease
                && node.Node.Lease.IsValid(node.Clock)))
                leased += Math.Max(node.Workers.CapNow, node.Workers.InUseUnderLease);
            if (node.LostUndisturbed > 0)
                Break($"{node.Node.Generation} lost its lease without a reason.");
        }
        MaxLeased = Math.Max(MaxLeased, leased);
        if (leased > LimitNow)
        {
            var holders = Nodes.Where(n => n.IsAlive && !n.IsFrozen)
                .Select(n => $"{n.Node.Generation} cap {n.Workers.CapNow} runs {n.Workers.InUseUnderLease}");
            Break($"{leased} workers are leased, {LimitNow} are allowed: {string.Join(", ", holders)}.");
        }
    }

    /// <summary>Checks regularly that jobs get the free workers within the duration of one lease.</summary>
    private void Sample()
    {
        World.After(TimeSpan.FromMilliseconds(50), Sample);
        var live = Nodes.Where(node => node.IsAlive).ToList();
        var jobsWait = live.Exists(node => node.Workers.Waiting > 0 && node.Workers.InUse >= node.Workers.CapNow);
        if (!IsQuiet || !jobsWait)
            (_waitSince, _unused) = (World.Now, 0);
        _unused += (LimitNow - live.Sum(node => node.Workers.InUse)) * 0.05;
        if (World.Now - _waitSince > _settings.Lease)
        {
            // Workers that move from one node to another are also unused, so a part of the limit may be free.
            var mean = _unused / (World.Now - _waitSince).TotalSeconds;
            if (mean > 0.8 * LimitNow)
                Break($"{mean:F1} of {LimitNow} workers were free for a lease while jobs waited.");
            (_waitSince, _unused) = (World.Now, 0);
        }
        foreach (var node in live.Where(node => node.IsQuiet))
        {
            CheckTurn(node, live.Count);
        }
    }

    /// <summary>Checks that a node whose jobs wait is not overtaken for long by younger jobs of other nodes.</summary>
    private void CheckTurn(SimNode node, int nodes)
    {
        var turn = TimeSpan.FromSeconds(2) + (
            nodes * 2 * (TimeSpan.FromMilliseconds(100) + (6 * _settings.Service)) / LimitNow);
        var waited = node.Workers.ReadDemand().OldestWait;
        // During its quantum, a holder may run younger jobs. Two seconds are many quanta.
        var isOvertaken = IsQuiet && node.Workers.IdleSince is { } since && World.Now - since > turn
            && Nodes.Exists(other => other.Workers.LastStart is var last
                && last.Time > World.Now - TimeSpan.FromMilliseconds(500)
                && last.Waited < waited - turn);
        if (!isOvertaken)
            _overtakenSince.Remove(node);
        else if (_overtakenSince.TryAdd(node, World.Now) || World.Now - _overtakenSince[node] < TimeSpan.FromSeconds(2))
            return;
        else
            Break($"{node.Node.Generation} had no turn for {waited.TotalSeconds:F1} s.");
    }
}
