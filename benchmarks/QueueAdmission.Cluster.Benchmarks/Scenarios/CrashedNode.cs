using QueueAdmission.Cluster.Benchmarks.Nodes;
using QueueAdmission.Cluster.Benchmarks.Report;

namespace QueueAdmission.Cluster.Benchmarks.Scenarios;

/// <summary>Kills a node, and measures when the other nodes use its share of the workers.</summary>
internal static class CrashedNode
{
    private const int Workers = 6;

    public static void Run(Setup setup, string store, int kills)
    {
        using var crew = new Crew(setup, setup.Settings(store, Workers), nodes: 3);
        crew.Load(1.35, Setup.Work, nodes: 3);
        Thread.Sleep(Setup.WarmUp);
        List<TimeSpan?> after = [];
        for (var i = 0; i < kills; i++)
        {
            if (i > 0)
            {
                // A new node takes the place of the killed one, and gets its share.
                crew.Add().Join().Load(crew.RatePerNode(1.35, Setup.Work, 3), Setup.Work);
                Setup.Wait(3);
            }
            var victim = crew.Nodes[^1];
            var killed = victim.Kill();
            Setup.Wait(5);
            after.Add(crew.Sweep.Where(job => job.Node != victim.Number).FirstMomentOf(Workers, killed) - killed);
        }
        var most = crew.Sweep.MaxRunning();
        var longest = NodeSettings.LeaseDuration + TimeSpan.FromSeconds(0.5);
        setup.Add(new ReportRow(
            "kill -9 of a node", store, "its share works elsewhere after 3.0–3.5 s", "≤ lease + 0.5 s (3.5 s)",
            $"most {most} of {Workers}; "
                + $"its share works elsewhere after {string.Join(", ", after.Select(Setup.Seconds))}",
            most <= Workers && after.All(time => time <= longest)));
    }
}
