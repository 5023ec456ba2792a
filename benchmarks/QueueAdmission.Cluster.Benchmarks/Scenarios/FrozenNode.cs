using QueueAdmission.Cluster.Benchmarks.Figures;
using QueueAdmission.Cluster.Benchmarks.Report;

namespace QueueAdmission.Cluster.Benchmarks.Scenarios;

/// <summary>Stops the process of a node for 6 s. Its jobs continue afterwards.</summary>
internal static class FrozenNode
{
    private const int Workers = 6;

    public static void Run(Setup setup, string store)
    {
        using var crew = new Crew(setup, setup.Settings(store, Workers), nodes: 3);
        crew.Load(1.35, Setup.Work, nodes: 3);
        Thread.Sleep(Setup.WarmUp);
        var node = crew[2];
        node.Signal("STOP");
        var stopped = Clock.Now;
        Setup.Wait(6);
        var continued = Clock.Now;
        node.Signal("CONT");
        Setup.Wait(4);

        var sweep = crew.Sweep;
        var regained = node.First("LeaseRegained", continued);
        var frozen = sweep.Where(job => job.Node == node.Number && job.RunsAt(stopped));
        var others = sweep.Where(job => job.Node != node.Number || !job.RunsAt(stopped)).MaxRunning();
        var started = sweep.Where(job => job.Node == node.Number && job.Start > stopped
            && job.Start < (regained ?? TimeSpan.MaxValue)).Jobs.Count;
        setup.Add(new ReportRow(
            "SIGSTOP for 6 s", store, "8 of 6 for 3.2 s (the frozen jobs)",
            "only frozen jobs above; none starts after SIGCONT on a lost lease",
            $"most {sweep.MaxRunning()} of {Workers}, above for {Setup.Seconds(sweep.TimeAbove(Workers))}; "
                + $"without the {frozen.Jobs.Count} frozen jobs most {others}; "
                + $"started after SIGCONT without a lease: {started}; "
                + $"lease regained after {Setup.Seconds(regained - continued)}",
            others <= Workers && started == 0 && regained is not null));
    }
}
