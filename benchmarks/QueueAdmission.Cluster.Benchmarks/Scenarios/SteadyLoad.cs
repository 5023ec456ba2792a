using QueueAdmission.Cluster.Benchmarks.Figures;
using QueueAdmission.Cluster.Benchmarks.Report;

namespace QueueAdmission.Cluster.Benchmarks.Scenarios;

/// <summary>Measures three nodes under a constant load, without any fault.</summary>
internal static class SteadyLoad
{
    private const double FirstLoad = 0.2;
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(10);

    public static void Overload(Setup setup, string store)
    {
        var run = Run(setup, store, workers: 8, load: 1.35);
        setup.Add(new ReportRow(
            "8 workers, 135 % load", store, "never above 8, 99.3 % busy", "never above, ≥ 99 % busy",
            $"most {run.Most}, {Setup.Percent(run.Busy)} busy",
            run.Most <= 8 && run.Busy >= 99));
    }

    public static void OneWorker(Setup setup, string store)
    {
        var run = Run(setup, store, workers: 1, load: 1.35);
        var median = run.Moves.Order().ElementAtOrDefault(run.Moves.Count / 2);
        setup.Add(new ReportRow(
            "1 worker, 3 hungry nodes", store, "never above 1, 95.6 % busy", "≥ 95 % busy",
            $"most {run.Most}, {Setup.Percent(run.Busy)} busy; jobs of the nodes {string.Join(", ", run.Served)}; "
                + $"{run.Moves.Count} moves from node to node, median {Setup.Milliseconds(median)}",
            run.Most <= 1 && run.Busy >= 95 && run.Served.All(served => served > 0)));
    }

    public static void ManyWorkers(Setup setup)
    {
        var run = Run(setup, "redis", workers: 60, load: 0.75);
        setup.Add(new ReportRow(
            "60 workers, 75 % load", "redis", "p99 wait 19–27 ms, 0.19 calls a request", "≤ 0.2 calls at p99 ≤ 20 ms",
            ShowWaits(run),
            run.Most <= 60 && run.CallsPerRequest <= 0.2 && run.P99 <= TimeSpan.FromMilliseconds(20)));
    }

    public static void FewWorkers(Setup setup)
    {
        var run = Run(setup, "redis", workers: 8, load: 0.75);
        setup.Add(new ReportRow(
            "8 workers on 3 nodes, 75 % load", "redis", "2.4 calls a request, or p50 16–20 ms", "none: it is said",
            ShowWaits(run),
            run.Most <= 8 ? null : false));
    }

    private static string ShowWaits(Figures run) =>
        $"most {run.Most}, {Setup.Percent(run.Busy)} busy, wait p50 {Setup.Milliseconds(run.P50)}, "
        + $"p99 {Setup.Milliseconds(run.P99)}, {run.CallsPerRequest:N2} calls a request";

    private static Figures Run(Setup setup, string store, int workers, double load)
    {
        using var crew = new Crew(setup, setup.Settings(store, workers), nodes: 3);
        // Nodes get their first leases only after one lease duration. Jobs that wait by then would take many seconds to
        // drain, and would distort the measured waits if the load is below the capacity. Such a load therefore starts
        // small, and is raised when the nodes have leases.
        crew.Load(load < 1 ? FirstLoad : load, Setup.Work, nodes: 3);
        Thread.Sleep(Setup.WarmUp);
        if (load < 1)
        {
            // Measure how long jobs really take, because timers are late on a busy machine.
            var lately = Clock.Now - TimeSpan.FromSeconds(2);
            var ended = crew.Sweep.Jobs.Where(job => job.Start > lately && job.End < TimeSpan.MaxValue).ToList();
            crew.Load(
                load * Setup.Work.TotalSeconds / ended.Average(job => (job.End - job.Start).TotalSeconds),
                Setup.Work,
                nodes: 3);
            Setup.Wait(3);
        }
        var (from, calls) = (Clock.Now, store == "redis" ? setup.Redis.Calls : 0);
        Thread.Sleep(Measured);
        (var to, calls) = (Clock.Now, store == "redis" ? setup.Redis.Calls - calls : 0);
        var sweep = crew.Sweep;
        return new Figures(
            sweep.MaxRunning(),
            sweep.BusyPercent(workers, from, to),
            sweep.Wait(50, from, to),
            sweep.Wait(99, from, to),
            (double)calls / sweep.Arrived(from, to),
            [.. crew.Nodes.Select(node => node.Jobs.Count(job => job.Start >= from && job.Start < to))],
            Moves(sweep.Where(job => job.Start >= from && job.Start < to)));
    }

    /// <summary>Returns how long the only worker was idle each time it moved to another node.</summary>
    private static List<TimeSpan> Moves(Sweep sweep)
    {
        var jobs = sweep.Jobs.OrderBy(job => job.Start).ToList();
        return [.. jobs.Zip(jobs.Skip(1)).Where(pair => pair.First.Node != pair.Second.Node)
            .Select(pair => pair.Second.Start - pair.First.End)];
    }

    private sealed record Figures(
        int Most, double Busy, TimeSpan P50, TimeSpan P99, double CallsPerRequest, int[] Served, List<TimeSpan> Moves);
}
