using QueueAdmission.LoadTest.Client;
using QueueAdmission.LoadTest.Report;
using QueueAdmission.LoadTest.Server;

namespace QueueAdmission.LoadTest.Scenarios;

/// <summary>
/// Offers five times the capacity for three seconds, and measures the time until no request fails any more.
/// </summary>
internal static class Spike
{
    private const double Usual = 0.8;
    private const double Peak = 5;
    private const int FailureBins = 28;

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan Bin = (Before + Length + After) / FailureBins;

    public static async Task RunAsync(Setup setup, Progress progress, Results results)
    {
        progress.Begin("spike", setup.Rounds * Peers.Overloaded.Length);
        var runs = new List<(string Peer, Tally Tally)>();
        for (var round = 0; round < setup.Rounds; round++)
        {
            var capacity = await setup.MeasureCapacityAsync();
            foreach (var peer in Setup.Order(round, Peers.Overloaded))
            {
                progress.Step(peer);
                await using var server = await ServerProcess.StartAsync(peer, Setup.Protecting);
                await new OpenLoop(server.Port, "/work", Setup.Patience)
                    .RunAsync([new Phase(capacity * Usual, setup.WarmUp)]);
                runs.Add((peer, await new OpenLoop(server.Port, "/work", Setup.Patience).RunAsync(
                    [new Phase(capacity * Usual, Before), new Phase(capacity * Peak, Length),
                        new Phase(capacity * Usual, After)])));
            }
        }

        results.Heading("Spike");
        results.Text(
            $"{Peak} times the capacity for {Length.TotalSeconds:N0} s, "
            + $"then {Usual} times for {After.TotalSeconds:N0} s. "
            + "Recovery is the time from the end of the spike to the last request that was not served in time.");
        var table = new Table(
            "peer", "recovery s", "p50 ms", "p99 ms", "p99.9 ms", "sent", "served", "rejected", "gave up", "failed");
        foreach (var group in runs.GroupBy(run => run.Peer, run => run.Tally)
            .OrderBy(group => Array.IndexOf(Peers.Overloaded, group.Key)))
        {
            var recovery = Setup.Median(group.Select(Recovery));
            double Over(double percentile) => Setup.Median(group.Select(tally => tally.Percentile(percentile)));
            int Sum(Outcome outcome) => group.Sum(tally => tally[outcome]);
            table.Add(group.Key,
                recovery > After.TotalSeconds - 1 ? $"not within {After.TotalSeconds:N0}" : $"{recovery:N2}",
                $"{Over(50):N1}", $"{Over(99):N1}", $"{Over(99.9):N1}",
                $"{group.Sum(tally => tally.Sent)}", $"{Sum(Outcome.Served)}", $"{Sum(Outcome.Rejected)}",
                $"{Sum(Outcome.GaveUp)}", $"{Sum(Outcome.Failed)}");
        }
        results.Add(table);
        results.Add(new Chart(
            "Share of requests not served in time, by the moment of sending; spike from 2 s to 5 s", "seconds",
            [.. Enumerable.Range(0, FailureBins).Select(bin => bin * Bin.TotalSeconds)],
            [.. Peers.Overloaded.Select(
                peer => new Series(peer, Failures(runs.Last(run => run.Peer == peer).Tally)))]));
    }

    private static double Recovery(Tally tally)
    {
        var end = Before + Length;
        var lastFailure = tally.Log.Where(request => request.Outcome != Outcome.Served)
            .Select(request => request.Intended).DefaultIfEmpty().Max();
        return Math.Max(0, (lastFailure - end).TotalSeconds);
    }

    private static double[] Failures(Tally tally)
    {
        var all = new int[FailureBins];
        var failed = new int[FailureBins];
        foreach (var (intended, outcome, _) in tally.Log)
        {
            var bin = Math.Min(FailureBins - 1, (int)(intended / Bin));
            all[bin]++;
            if (outcome != Outcome.Served)
                failed[bin]++;
        }
        return [.. all.Zip(failed, (sent, lost) => sent == 0 ? 0 : (double)lost / sent)];
    }
}
