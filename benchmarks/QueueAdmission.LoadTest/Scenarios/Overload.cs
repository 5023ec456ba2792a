using QueueAdmission.LoadTest.Client;
using QueueAdmission.LoadTest.Report;
using QueueAdmission.LoadTest.Server;

namespace QueueAdmission.LoadTest.Scenarios;

/// <summary>What do clients get when more come than can be served, up to ten times as many, and give up after 500 ms?</summary>
internal static class Overload
{
    private static readonly double[] Loads = [0.5, 0.9, 1.2, 2, 5, 10];

    private sealed record Step(string Peer, double Load, double Capacity, TimeSpan Length, Tally Tally, int Finished, int Wasted)
    {
        public double Goodput => Tally[Outcome.Served] / Length.TotalSeconds / Capacity;
    }

    public static async Task RunAsync(Setup setup, Progress progress, Results results)
    {
        progress.Begin("overload", setup.Rounds * Loads.Length * Peers.Overloaded.Length);
        var steps = new List<Step>();
        for (var round = 0; round < setup.Rounds; round++)
        {
            var capacity = await setup.MeasureCapacityAsync();
            foreach (var load in Loads)
            {
                foreach (var peer in Setup.Order(round, Peers.Overloaded))
                {
                    progress.Step($"{load} × capacity, {peer}");
                    steps.Add(await MeasureAsync(setup, peer, load, capacity));
                }
            }
        }
        Report(steps, results);
    }

    private static async Task<Step> MeasureAsync(Setup setup, string peer, double load, double capacity)
    {
        await using var server = await ServerProcess.StartAsync(peer, Setup.Protecting);
        await new OpenLoop(server.Port, "/work", Setup.Patience).RunAsync([new Phase(capacity / 2, setup.WarmUp)]);
        var before = await server.GetStatsAsync();
        var tally = await new OpenLoop(server.Port, "/work", Setup.Patience).RunAsync([new Phase(load * capacity, setup.Step)]);
        var after = await server.GetStatsAsync();
        return new Step(peer, load, capacity, setup.Step, tally, after.Finished - before.Finished, after.Wasted - before.Wasted);
    }

    private static void Report(List<Step> steps, Results results)
    {
        results.Heading("Overload");
        results.Text($"Capacity, measured in the same run: {string.Join(", ", steps.Select(step => step.Capacity).Distinct().Select(value => $"{value:N0}/s"))}. Limits: {Setup.Protecting.Workers} workers, {Setup.Protecting.Partitions} × {Setup.Protecting.PartitionCapacity} places. Clients give up after {Setup.Patience.TotalMilliseconds:N0} ms. Goodput is what was served in time ÷ capacity; wasted are finished jobs whose client had left; latencies are those of the served, from the intended moment. Outcomes are sums over the rounds.");
        var table = new Table("load", "peer", "goodput ÷ capacity", "p50 ms", "p99 ms", "p99.9 ms", "sent", "served", "rejected", "gave up", "failed", "wasted work", "client's lag ms");
        foreach (var group in steps.GroupBy(step => (step.Load, step.Peer)).OrderBy(group => group.Key.Load).ThenBy(group => Array.IndexOf(Peers.Overloaded, group.Key.Peer)))
        {
            double Over(Func<Step, double> value) => Setup.Median(group.Select(value));
            int Sum(Outcome outcome) => group.Sum(step => step.Tally[outcome]);
            table.Add($"{group.Key.Load} ×", group.Key.Peer, $"{Over(step => step.Goodput):N2}",
                $"{Over(step => step.Tally.Percentile(50)):N1}", $"{Over(step => step.Tally.Percentile(99)):N1}", $"{Over(step => step.Tally.Percentile(99.9)):N1}",
                $"{group.Sum(step => step.Tally.Sent)}", $"{Sum(Outcome.Served)}", $"{Sum(Outcome.Rejected)}", $"{Sum(Outcome.GaveUp)}", $"{Sum(Outcome.Failed)}",
                $"{(double)group.Sum(step => step.Wasted) / Math.Max(1, group.Sum(step => step.Finished)):P0}",
                $"{group.Max(step => step.Tally.Lag).TotalMilliseconds:N0}");
        }
        results.Add(table);
        results.Add(new Chart("Served in time ÷ capacity, by offered load", "offered load ÷ capacity", Loads,
            [.. Peers.Overloaded.Select(peer => new Series(peer, [.. Loads.Select(load => Setup.Median(steps.Where(step => step.Peer == peer && step.Load == load).Select(step => step.Goodput)))]))]));
    }
}
