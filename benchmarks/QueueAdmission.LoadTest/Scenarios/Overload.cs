using QueueAdmission.Benchmarks;
using QueueAdmission.LoadTest.Client;
using QueueAdmission.LoadTest.Report;
using QueueAdmission.LoadTest.Server;

namespace QueueAdmission.LoadTest.Scenarios;

/// <summary>
/// Measures what clients get under up to ten times the load that the server can handle, if they give up after 500 ms.
/// </summary>
internal static class Overload
{
    private static readonly double[] Loads = [0.5, 0.9, 1.2, 2, 5, 10];

    /// <summary>
    /// The first part of each load, which has separate figures. The other figures describe the sustained overload, and
    /// the queue only fills at first.
    /// </summary>
    private static readonly TimeSpan Onset = TimeSpan.FromSeconds(1);

    private sealed record Step(
        string Peer, double Load, double Capacity, TimeSpan Length, Tally Begin, Tally Tally, int Finished, int Wasted)
    {
        public double Goodput => Tally[Outcome.Served] / Length.TotalSeconds / Capacity;
    }

    /// <summary>A size of the queue, with the peers and loads that are measured for it.</summary>
    /// <param name="Name">The name of the scenario.</param>
    /// <param name="Heading">The heading of its table.</param>
    /// <param name="Limits">The limits of the queue.</param>
    /// <param name="Loads">The offered loads, as multiples of the capacity.</param>
    /// <param name="Peers">The peers.</param>
    /// <param name="Steps">
    /// The duration of each load, as a multiple of <see cref="Setup.Step"/>. If greater than 1, there is only one
    /// round.
    /// </param>
    private sealed record Size(
        string Name, string Heading, Limits Limits, double[] Loads, string[] Peers, int Steps = 1)
    {
        public int RoundsOf(Setup setup) => Steps > 1 ? 1 : setup.Rounds;

        public TimeSpan LengthOf(Setup setup) => setup.Step * Steps;
    }

    private static readonly Size Short = new("overload", "Overload", Setup.Protecting, Loads, Peers.Overloaded);

    private static readonly Size Long = new(
        "patience", "Overload of a queue with 1,000 places", Setup.LongLine, [1.2, 2, 5, 10], Peers.WithLongLines,
        Steps: 5);

    public static Task RunAsync(Setup setup, Progress progress, Results results) =>
        RunAsync(Short, setup, progress, results);

    /// <summary>
    /// Measures the same with a queue in which the wait exceeds the clients' patience, as happens with default settings
    /// and several partitions. Only a queue that estimates the patience of its clients then avoids wasted work. At a
    /// small overload, clients give up only after some seconds, so each load lasts longer.
    /// </summary>
    public static Task RunWithLongLineAsync(Setup setup, Progress progress, Results results) =>
        RunAsync(Long, setup, progress, results);

    private static async Task RunAsync(Size size, Setup setup, Progress progress, Results results)
    {
        progress.Begin(size.Name, size.RoundsOf(setup) * size.Loads.Length * size.Peers.Length);
        var steps = new List<Step>();
        for (var round = 0; round < size.RoundsOf(setup); round++)
        {
            var capacity = await setup.MeasureCapacityAsync();
            foreach (var load in size.Loads)
            {
                foreach (var peer in Setup.Order(round, size.Peers))
                {
                    progress.Step($"{load} × capacity, {peer}");
                    steps.Add(await MeasureAsync(setup, size, peer, load, capacity));
                }
            }
        }
        Report(size, setup, steps, results);
    }

    private static async Task<Step> MeasureAsync(
        Setup setup, Size size, string peer, double load, double capacity)
    {
        var length = size.LengthOf(setup);
        await using var server = await ServerProcess.StartAsync(peer, size.Limits);
        await new OpenLoop(server.Port, "/work", Setup.Patience).RunAsync([new Phase(capacity / 2, setup.WarmUp)]);
        var before = await server.GetStatsAsync();
        var all = await new OpenLoop(server.Port, "/work", Setup.Patience)
            .RunAsync([new Phase(load * capacity, Onset + length)]);
        var after = await server.GetStatsAsync();
        return new Step(peer, load, capacity, length, all.Between(TimeSpan.Zero, Onset),
            all.Between(Onset, TimeSpan.MaxValue), after.Finished - before.Finished, after.Wasted - before.Wasted);
    }

    private static void Report(Size size, Setup setup, List<Step> steps, Results results)
    {
        results.Heading(size.Heading);
        var capacities = steps.Select(step => step.Capacity).Distinct().Select(value => $"{value:N0}/s");
        results.Text(
            $"Capacity, measured in the same run: {string.Join(", ", capacities)}. "
            + $"Limits: {size.Limits.Workers} workers, "
            + $"{size.Limits.Partitions} × {size.Limits.PartitionCapacity} places. "
            + $"Clients give up after {Setup.Patience.TotalMilliseconds:N0} ms. "
            + $"Each load lasts {steps[0].Length.TotalSeconds:N0} s after its first second, "
            + $"in {size.RoundsOf(setup)} rounds. "
            + "Goodput is what was served in time ÷ capacity; wasted are finished jobs whose client had left; "
            + "latencies are those of the served, from the intended moment. "
            + $"The first {Onset.TotalSeconds:N0} s of each load, in which the queue fills, has a column of its own "
            + "and is in none of the others but the wasted work. Outcomes are sums over the rounds.");
        var table = new Table(
            "load", "peer", "goodput ÷ capacity", "p50 ms", "p99 ms", "p99.9 ms",
            $"p99 ms in the first {Onset.TotalSeconds:N0} s", "sent", "served", "rejected", "gave up", "failed",
            "wasted work", "client's lag ms");
        foreach (var group in steps.GroupBy(step => (step.Load, step.Peer)).OrderBy(group => group.Key.Load)
            .ThenBy(group => Array.IndexOf(size.Peers, group.Key.Peer)))
        {
            double Over(Func<Step, double> value) => Setup.Median(group.Select(value));
            string Milliseconds(Func<Step, double> value) => Over(value) is double.NaN ? "–" : $"{Over(value):N1}";
            int Sum(Outcome outcome) => group.Sum(step => step.Tally[outcome]);
            table.Add($"{group.Key.Load} ×", group.Key.Peer, $"{Over(step => step.Goodput):N2}",
                Milliseconds(step => step.Tally.Percentile(50)), Milliseconds(step => step.Tally.Percentile(99)),
                Milliseconds(step => step.Tally.Percentile(99.9)), Milliseconds(step => step.Begin.Percentile(99)),
                $"{group.Sum(step => step.Tally.Sent)}", $"{Sum(Outcome.Served)}", $"{Sum(Outcome.Rejected)}",
                $"{Sum(Outcome.GaveUp)}", $"{Sum(Outcome.Failed)}",
                $"{(double)group.Sum(step => step.Wasted) / Math.Max(1, group.Sum(step => step.Finished)):P0}",
                $"{group.Max(step => step.Tally.Lag).TotalMilliseconds:N0}");
        }
        results.Add(table);
        results.Add(Draw(
            size, $"{size.Heading}: served in time ÷ capacity, by offered load", steps, step => step.Goodput));
        results.Add(Draw(
            size, $"{size.Heading}: ms within which 99 % of the served had their answer, by offered load", steps,
            step => step.Tally.Percentile(99)));
    }

    private static Chart Draw(Size size, string title, List<Step> steps, Func<Step, double> value) =>
        new(title, "offered load ÷ capacity", size.Loads,
            [.. size.Peers.Select(peer => new Series(peer, [.. size.Loads.Select(load =>
                Setup.Median(steps.Where(step => step.Peer == peer && step.Load == load).Select(value)))]))]);
}
