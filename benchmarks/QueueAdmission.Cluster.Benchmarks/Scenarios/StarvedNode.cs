using QueueAdmission.Cluster.Benchmarks.Figures;
using QueueAdmission.Cluster.Benchmarks.Report;

namespace QueueAdmission.Cluster.Benchmarks.Scenarios;

/// <summary>Blocks all thread-pool threads of one node for 10 s.</summary>
internal static class StarvedNode
{
    private const int Workers = 6;

    public static void Run(Setup setup, string store)
    {
        using var crew = new Crew(setup, setup.Settings(store, Workers), nodes: 3);
        crew.Load(0.75, Setup.Work, nodes: 3);
        Thread.Sleep(Setup.WarmUp);
        var from = Clock.Now;
        crew[1].Starve(TimeSpan.FromSeconds(10));
        Setup.Wait(12);
        var most = crew.Sweep.MaxRunning();
        var lost = crew.LeasesLost(from);
        var started = crew[1].Jobs.Count(
            job => job.Start > from + TimeSpan.FromSeconds(1) && job.Start < from + TimeSpan.FromSeconds(9));
        setup.Add(new ReportRow(
            "thread pool starved for 10 s", store, "not tried", "no lease lost",
            $"leases lost: {lost}, most {most} of {Workers}; jobs that the starved node started meanwhile: {started}",
            lost == 0 && most <= Workers));
    }
}
