namespace QueueAdmission.Cluster.Simulation;

/// <summary>Simulates 60 seconds of a cluster. The seed determines everything that happens.</summary>
internal static class SeededRun
{
    private static readonly TimeSpan Chaos = TimeSpan.FromSeconds(42);
    private static readonly TimeSpan Whole = TimeSpan.FromSeconds(60);

    public static SimCluster Run(
        int seed, LeaseRules rules = LeaseRules.All, bool isLarge = false, List<string>? log = null)
    {
        var random = new Random(seed);
        var settings = new SimSettings
        {
            Nodes = isLarge ? 50 : random.Next(2, 6),
            Limit = random.Next(1, 21),
            Service = TimeSpan.FromMilliseconds(random.Next(50, 400)),
            HasSignals = random.Next(4) > 0,
            Rules = rules,
        };
        var cluster = new SimCluster(settings, seed);
        var world = cluster.World;
        world.Log = log;
        // In every third cluster, one node has a high latency to the store.
        if (seed % 3 == 0)
            cluster.Nodes[0].Network.Latency = TimeSpan.FromMilliseconds(random.Next(1, 20));
        ChangeLoad(cluster, settings);
        ScheduleDisturbance(cluster);
        cluster.Run(Whole);
        return cluster;

        void ScheduleDisturbance(SimCluster disturbed) => world.After(world.Exponential(TimeSpan.FromSeconds(2)), () =>
        {
            if (world.Now > Chaos)
                return;
            Disturbances.Disturb(disturbed);
            ScheduleDisturbance(disturbed);
        });
    }

    /// <summary>
    /// Changes the load of all nodes at random, now and every few seconds. The cluster is overloaded in some phases,
    /// and lightly loaded in others.
    /// </summary>
    private static void ChangeLoad(SimCluster cluster, SimSettings settings)
    {
        var world = cluster.World;
        var capacity = settings.Limit / settings.Service.TotalSeconds;
        var total = capacity * world.Random.Next(4) switch { 0 => 0.3, 1 => 0.75, 2 => 1.1, _ => 1.6 };
        var weights = cluster.Nodes.Select(_ => Math.Pow(world.Random.NextDouble(), 3)).ToList();
        for (var i = 0; i < cluster.Nodes.Count; i++)
        {
            var rate = total * weights[i] / weights.Sum();
            cluster.Nodes[i].ArrivalEvery = rate < 0.01 ? null : TimeSpan.FromSeconds(1 / rate);
        }
        world.After(world.Between(3, 10), () => ChangeLoad(cluster, settings));
    }
}
