using System.Globalization;
using QueueAdmission.Cluster.Benchmarks.Figures;
using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Cluster.Benchmarks.Servers;

namespace QueueAdmission.Cluster.Benchmarks.Scenarios;

/// <summary>Drops all packets between one node and the store for 6 s.</summary>
internal static class CutOffNode
{
    private const int Workers = 6;

    public static void Run(Setup setup, string fallback)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new NotSupportedException("network namespaces need root");
        using var network = new NetworkNamespace();
        using var redis = new RedisServer(setup.NewFolder(), "--bind", "127.0.0.1", NetworkNamespace.Address);
        var near = setup.Settings("redis", Workers, fallback) with { Connection = redis.Address };
        using var crew = new Crew(setup, near, nodes: 2);
        var address = string.Create(CultureInfo.InvariantCulture, $"{NetworkNamespace.Address}:{redis.Port}");
        var far = crew.Add(near with { Connection = address }, network.Prefix);
        far.Join();
        crew.Load(1.35, Setup.Work, nodes: 3);
        Thread.Sleep(Setup.WarmUp);

        var cut = Clock.Now;
        network.Cut();
        Setup.Wait(6);
        network.Heal();
        var healed = Clock.Now;
        Setup.Wait(5);

        var sweep = crew.Sweep;
        var most = sweep.MaxRunning();
        var allowed = fallback == "Stop" ? Workers : Workers + (Workers / 3);
        var lost = far.First("LeaseLost", cut) - cut;
        var back = far.First("LeaseRegained", cut) is { } regained ? regained - healed : (TimeSpan?)null;
        var others = crew.LeasesLost(cut, 0, 1);
        var busy = sweep.Where(job => job.Node != far.Number).FirstMomentOf(Workers, cut) - cut;
        setup.Add(new ReportRow(
            $"node cut off for 6 s, `{fallback}`", "redis", "lost after 2.66 s, back 145 ms after it healed",
            fallback == "Stop" ? "never above; back ≤ 0.5 s" : "≤ limit + limit ÷ nodes (8 of 6); back ≤ 0.5 s",
            $"most {most} of {Workers}; lost after {Setup.Seconds(lost)}, "
                + $"its share works elsewhere after {Setup.Seconds(busy)}, "
                + $"back {Setup.Seconds(back)} after it healed; leases of the others lost: {others}",
            most <= allowed && others == 0 && back <= TimeSpan.FromSeconds(0.5)));
    }
}
