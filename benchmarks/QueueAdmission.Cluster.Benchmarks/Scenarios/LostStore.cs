using QueueAdmission.Cluster.Benchmarks.Figures;
using QueueAdmission.Cluster.Benchmarks.Nodes;
using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Cluster.Benchmarks.Servers;

namespace QueueAdmission.Cluster.Benchmarks.Scenarios;

/// <summary>Kills the store, which returns without data or is replaced by another server.</summary>
internal static class LostStore
{
    private const int Workers = 6;

    public static void RedisComesBackEmpty(Setup setup)
    {
        using var redis = new RedisServer(setup.NewFolder());
        using var crew = new Crew(
            setup, setup.Settings("redis", Workers) with { Connection = redis.Address }, nodes: 2);
        crew.Load(1.35, Setup.Work, nodes: 2);
        var newcomer = crew.Add();
        Thread.Sleep(Setup.WarmUp);

        var killed = Clock.Now;
        redis.Kill();
        Setup.Wait(0.5);
        redis.StartAgain();
        var back = Clock.Now;
        newcomer.Join().Load(crew.RatePerNode(1.35, Setup.Work, 2), Setup.Work);
        Setup.Wait(8);

        var most = crew.Sweep.MaxRunning();
        var lost = crew.LeasesLost(killed, 0, 1);
        var first = newcomer.Jobs.Where(job => job.HasStarted).Select(job => (TimeSpan?)job.Start).Min() - back;
        setup.Add(new ReportRow(
            "store killed, back empty, a new hungry node arrives", "redis", "never above, no lease lost", "the same",
            $"away for {Setup.Seconds(back - killed)}; most {most} of {Workers}, leases lost: {lost}; "
                + $"the new node's first job started {Setup.Seconds(first)} after the store was back",
            most <= Workers && lost == 0 && first is not null));
    }

    public static void SentinelPromotes(Setup setup)
    {
        using var primary = new RedisServer(setup.NewFolder());
        using var replica = new RedisServer(
            setup.NewFolder(), "--replicaof", "127.0.0.1", primary.Address.Split(':')[1]);
        using var sentinel = new Sentinel(setup.NewFolder(), primary.Port);
        var settings =
            setup.Settings("redis", Workers) with { Connection = $"127.0.0.1:{sentinel.Port},serviceName=shop" };
        Failover(setup, settings, "Sentinel failover (silent for 0.5 s, then it promotes)", primary.Kill);
    }

    public static void PostgresIsPromoted(Setup setup)
    {
        using var primary = new PostgresServer(setup.NewFolder());
        using var standby = new PostgresServer(setup.NewFolder(), primary);
        var hosts = $"{primary.Address},{standby.Address}";
        var settings = setup.Settings("redis", Workers) with
        {
            Gate = "postgres",
            Connection = PostgresServer.ConnectionStringOf(hosts),
        };
        Failover(setup, settings, "promotion of a standby", () =>
        {
            primary.Kill();
            standby.Promote();
        });
    }

    private static void Failover(Setup setup, NodeSettings settings, string what, Action failOver)
    {
        using var crew = new Crew(setup, settings, nodes: 3);
        crew.Load(1.35, Setup.Work, nodes: 3);
        Thread.Sleep(Setup.WarmUp);
        var killed = Clock.Now;
        failOver();
        Setup.Wait(8);
        var most = crew.Sweep.MaxRunning();
        var lost = crew.LeasesLost(killed);
        var back = crew.Nodes.Max(node => node.First("StoreBack", killed)) - killed;
        setup.Add(new ReportRow(
            what, settings.Gate, settings.Gate == "redis" ? "never above, no lease lost" : "not tried",
            "never above, no lease lost",
            $"most {most} of {Workers}, leases lost: {lost}; all nodes used the new server after {Setup.Seconds(back)}",
            most <= Workers && lost == 0 && back is not null));
    }
}
