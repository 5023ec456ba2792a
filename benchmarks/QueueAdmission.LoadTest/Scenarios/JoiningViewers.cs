using QueueAdmission.LoadTest.Client;
using QueueAdmission.LoadTest.Report;
using QueueAdmission.LoadTest.Server;

namespace QueueAdmission.LoadTest.Scenarios;

/// <summary>Measures the latency of requests to a queued endpoint while many viewers open the dashboard.</summary>
/// <remarks>
/// The viewers run in a separate process, so that the client of the measured requests does no work for them. All
/// viewers join at once, one second after the requests begin. All processes share the cores of one machine.
/// </remarks>
internal static class JoiningViewers
{
    private const int Viewers = 900;
    private const double RequestsPerSecond = 200;

    private static readonly int[] Queues = [5, 50, 200];
    // The second crowd is the baseline: the same number of connections, whose requests only wait.
    private static readonly (string Name, string? Path)[] Crowds =
        [("none", null), ($"{Viewers} requests that wait", "/park"), ($"{Viewers} viewers", DashboardPeer.Path)];

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(1);

    private sealed record Cost(
        int Queues, string Crowd, double Worst, double P99, double Lag, ViewerProcess.Report Seen);

    public static async Task RunAsync(Setup setup, Progress progress, Results results)
    {
        var rounds = setup.Rounds + 1;
        progress.Begin("joining viewers", rounds * Queues.Length * Crowds.Length);
        var costs = new List<Cost>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var queues in round % 2 == 0 ? Queues : Queues.Reverse())
            {
                foreach (var (name, path) in Crowds)
                {
                    progress.Step($"{name}, {queues} queues");
                    costs.Add(await MeasureAsync(queues, name, path, setup.Step));
                }
            }
        }

        results.Heading("Viewers that join");
        results.Text(
            $"{Viewers} viewers open the dashboard's live stream at once, each from an address of its own, "
            + "or as many requests come that only wait. "
            + $"Meanwhile {RequestsPerSecond:N0} requests a second go to a queued endpoint that answers at once. "
            + "The worst and the 99th percentile of the requests' latencies, "
            + $"over {setup.Step.TotalSeconds:N0} s that begin with the joins; medians of {rounds} rounds. "
            + "A viewer has joined when it has read its first whole state.");
        var table = new Table(
            "queues", "at once", "worst ms", "99 % ms", "client's lag ms", "all joined after ms", "not joined",
            "bytes of a first state", "bytes/s for each viewer");
        foreach (var group in costs.GroupBy(cost => (cost.Queues, cost.Crowd)).OrderBy(group => group.Key.Queues))
        {
            var looks = group.Key.Crowd == Crowds[^1].Name;
            double Median(Func<Cost, double> figure) => Setup.Median(group.Select(figure));
            table.Add($"{group.Key.Queues}", group.Key.Crowd,
                $"{Median(cost => cost.Worst):N0}",
                $"{Median(cost => cost.P99):N1}",
                $"{Median(cost => cost.Lag):N0}",
                !looks ? "" : $"{Median(cost => cost.Seen.JoinedAfterMs):N0}",
                !looks ? "" : $"{Median(cost => cost.Seen.Late):N0}",
                !looks ? "" : $"{Median(cost => cost.Seen.FirstBytes):N0}",
                !looks ? "" : $"{Median(cost => cost.Seen.BytesPerSecond):N0}");
        }
        results.Add(table);
    }

    private static async Task<Cost> MeasureAsync(int queues, string crowd, string? path, TimeSpan length)
    {
        await using var server = await ServerProcess.StartAsync(Peers.WithDashboard(queues), Setup.Wide);
        // Let the first requests and viewers trigger the compilation of the server's code.
        await ClosedLoop.RunAsync(server.Port, "/hello", 4, TimeSpan.FromSeconds(1));
        await ViewerProcess.RunAsync(server.Port, DashboardPeer.Path, Viewers / 9, TimeSpan.FromSeconds(2));

        var requests = new OpenLoop(server.Port, "/hello", TimeSpan.FromSeconds(30))
            .RunAsync([new Phase(RequestsPerSecond, Before + length)]);
        await Task.Delay(Before);
        var seen = path is null ? default : await ViewerProcess.RunAsync(server.Port, path, Viewers, length);
        var tally = (await requests).Between(Before, Before + length);
        if (tally[Outcome.Served] != tally.Sent)
            throw new InvalidOperationException("A request was not served.");
        return new Cost(queues, crowd, tally.Log.Max(request => request.Latency.TotalMilliseconds),
            tally.Percentile(99), tally.Lag.TotalMilliseconds, seen);
    }
}
