namespace QueueAdmission.Cluster.Simulation;

/// <summary>Single rules of the algorithm, each in the situation that it is for, and what happens without it.</summary>
public sealed class ScenarioTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("", true)]
    [InlineData(nameof(LeaseRules.ClaimFallback), false)]
    public void Learning_NodeRunsJobsUnderItsFallback_KeepsTheirWorkers(string without, bool goesOn)
    {
        var cluster = New(new SimSettings { Nodes = 2, Limit = 4, Fallback = LeaseFallback.Share, Rules = Without(without) });
        cluster.Nodes[0].ArrivalEvery = 0.01 * Second;
        cluster.Run(8 * Second);
        // The store is away until all leases are lost, and comes back without its data.
        cluster.DisturbStore();
        cluster.Store.IsAway = true;
        cluster.Run(6 * Second);
        Assert.Equal(2, cluster.Nodes[0].Workers.CapNow);
        cluster.DisturbStore();
        cluster.Store.Restart(loseData: true);
        cluster.Store.IsAway = false;
        cluster.Run(1.5 * Second);
        var ran = cluster.Nodes[0].Workers.Ran;
        cluster.Run(Second);

        Assert.Equal(goesOn, cluster.Nodes[0].Workers.Ran > ran + 5);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(nameof(LeaseRules.KeepDocument), false)]
    public void Restart_OfAllNodes_CostsNoLearning(string without, bool isQuick)
    {
        var cluster = New(new SimSettings { Nodes = 2, Limit = 4, Rules = Without(without) });
        cluster.Run(8 * Second);
        cluster.Nodes.ForEach(node => node.Leave());
        cluster.Run(Second);
        Assert.All(cluster.Nodes, node => Assert.True(node.Node.HasLeft));

        cluster.Nodes.ForEach(node => node.Kill());
        cluster.Nodes.ForEach(node => node.Start());
        cluster.Nodes[0].ArrivalEvery = 0.01 * Second;
        cluster.Run(0.5 * Second);

        Assert.Equal(isQuick, cluster.Nodes[0].Workers.Ran > 0);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(nameof(LeaseRules.GiveBackOnLeaving), false)]
    public void Leave_NodeHoldsAll_AnotherHasItAtOnce(string without, bool isQuick)
    {
        var cluster = New(new SimSettings { Nodes = 2, Limit = 1, Rules = Without(without) });
        cluster.Nodes[0].ArrivalEvery = 0.01 * Second;
        cluster.Run(8 * Second);
        cluster.Nodes[0].Leave();
        // Only what was left behind in the document holds the other up now.
        cluster.Run(0.2 * Second);
        cluster.Nodes[0].Kill();
        cluster.Nodes[1].ArrivalEvery = 0.01 * Second;
        cluster.Run(Second);

        Assert.Equal(isQuick, cluster.Nodes[1].Workers.Ran > 0);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(nameof(LeaseRules.SmallestLimit), false)]
    public void Limit_DiffersOnNodes_TheSmallestHolds(string without, bool holds)
    {
        var cluster = New(new SimSettings { Nodes = 3, Limit = 12, Rules = Without(without) });
        cluster.Nodes.ForEach(node => node.ArrivalEvery = 0.01 * Second);
        cluster.Run(8 * Second);
        cluster.Nodes[2].SetLimit(5);
        cluster.Run(3 * Second);

        var leased = cluster.Nodes.Sum(node => node.Workers.CapNow);
        output.WriteLine($"{leased} are leased, 5 are allowed");
        Assert.Equal(holds, leased <= 5);
        Assert.Null(cluster.Broken);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(nameof(LeaseRules.Quantum), false)]
    public void Slot_ManyWantIt_StaysForAQuantum(string without, bool isCheap)
    {
        var cluster = New(new SimSettings { Nodes = 3, Limit = 1, Service = TimeSpan.FromMilliseconds(5), Rules = Without(without) });
        cluster.Nodes.ForEach(node => node.ArrivalEvery = 0.012 * Second);
        cluster.Run(10 * Second);
        var (calls, ran) = (cluster.Store.Reads + cluster.Store.Writes, cluster.Nodes.Sum(node => node.Workers.Ran));
        cluster.Run(20 * Second);

        calls = cluster.Store.Reads + cluster.Store.Writes - calls;
        ran = cluster.Nodes.Sum(node => node.Workers.Ran) - ran;
        var busy = ran * 0.005 / 20;
        output.WriteLine($"{(double)calls / ran:F2} calls a job, {busy:P1} busy; {cluster.Broken}");
        Assert.Equal(isCheap, (double)calls / ran < 0.3);
    }

    /// <summary>50 nodes that all want more, and one of them far away from the store.</summary>
    [Theory]
    [InlineData("", true)]
    [InlineData("BackOffWishes, RenewalsFirst", false)]
    public void FarNode_AmongFifty_KeepsItsLease(string without, bool keeps)
    {
        var cluster = New(new SimSettings { Nodes = 50, Limit = 20, MaxOwn = 20, Service = TimeSpan.FromMilliseconds(20), Rules = Without(without) });
        cluster.Nodes.ForEach(node => node.ArrivalEvery = 0.03 * Second);
        cluster.Nodes[0].Network.Latency = TimeSpan.FromMilliseconds(30);
        cluster.Run(10 * Second);
        var (calls, refused, lost) = (cluster.Store.Reads + cluster.Store.Writes, cluster.Store.RefusedWrites, Lost());
        cluster.Run(20 * Second);

        calls = cluster.Store.Reads + cluster.Store.Writes - calls;
        output.WriteLine($"{calls / 20} calls/s, {(cluster.Store.RefusedWrites - refused) / 20} refused/s, lost by {Lost() - lost}; {cluster.Broken}");
        Assert.Equal(keeps, Lost() == lost && calls / 20 <= 1_200 && cluster.Broken is null);

        int Lost() => cluster.Nodes.Sum(node => node.Lost);
    }

    private static LeaseRules Without(string rules) =>
        rules.Length == 0 ? LeaseRules.All : LeaseRules.All & ~Enum.Parse<LeaseRules>(rules);

    private static SimCluster New(SimSettings settings) => new(settings, seed: 1);
}
