using QueueAdmission.Benchmarks;
using QueueAdmission.LoadTest.Client;
using QueueAdmission.LoadTest.Report;
using QueueAdmission.LoadTest.Server;

namespace QueueAdmission.LoadTest.Scenarios;

/// <summary>
/// Measures the memory of a request that waits in the queue, compared with one that waits in its handler, and the
/// memory that remains afterwards.
/// </summary>
/// <remarks>
/// Each connection has already had one request answered, so the memory of the connection does not count. The heap and
/// the resident set are read after forced collections, before and after the requests wait. There are two baselines: a
/// handler that only awaits, and one that also notices when its client leaves, as every useful wait must. The target
/// refers to the second baseline.
/// </remarks>
internal static class ParkedRequests
{
    private const int Crowded = 8_000;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    private static readonly Limits OneWorker = new(1, 1, 2 * Crowded);

    private sealed record Cost(string Name, double Heap, double Resident, double Left);

    public static async Task RunAsync(Setup setup, Progress progress, Results results)
    {
        var crowd = setup.Quick ? Crowded / 8 : Crowded;
        (string Name, string Peer, string Path)[] subjects =
        [
            ("a handler that awaits", Peers.None, "/park"),
            ("a handler that awaits and notices leaving", Peers.None, "/park-noticing"),
            (Peers.RateLimiter, Peers.RateLimiter, "/hello"),
            (Peers.EasyQueue, Peers.EasyQueue, "/hello"),
            (Peers.Ours, Peers.Ours, "/hello"),
        ];
        progress.Begin("parked requests", setup.Rounds * subjects.Length);
        var rounds = new List<Cost>();
        for (var round = 0; round < setup.Rounds; round++)
        {
            foreach (var (name, peer, path) in subjects)
            {
                progress.Step(name);
                rounds.Add(await MeasureAsync(name, peer, path, crowd));
            }
        }
        var costs = subjects.Select(subject => Median([.. rounds.Where(cost => cost.Name == subject.Name)])).ToArray();

        results.Heading("Parked requests");
        results.Text(
            $"{crowd:N0} connections from the client's process, each with one request that waits. "
            + "Heap and resident set for each, over the same connections when idle; "
            + "what is left is the heap after all have gone, "
            + "over what it was after as many had come, been answered at once, and gone.");
        var noticing = costs[1].Heap;
        var table = new Table(
            "what waits", "heap B a request", "over the noticing handler", "resident B a request", "left KB");
        foreach (var cost in costs)
            table.Add(cost.Name, $"{cost.Heap:N0}", $"{cost.Heap - noticing:+#,0;-#,0;0}", $"{cost.Resident:N0}",
                $"{cost.Left / 1024.0:N0}");
        results.Add(table);

        double Over(Cost cost) => cost.Heap - noticing;
        var (limiter, ours) = (costs[2], costs[^1]);
        results.Add(new Row(90,
            $"heap of a parked HTTP request, over a handler that waits and notices leaving ({noticing.Show("N0")} B)",
            $"{Peers.RateLimiter} {Over(limiter).Show("N0")} B; "
                + $"a handler that only awaits {Over(costs[0]).Show("N0")} B",
            $"{Over(ours).Show("N0")} B", $"{(ours.Heap / limiter.Heap).Show("N2")} × {Peers.RateLimiter}, all in all",
            "≤ 128 B", Over(ours) <= 128));
    }

    private static Cost Median(Cost[] costs) => new(costs[0].Name,
        Setup.Median(costs.Select(cost => cost.Heap)), Setup.Median(costs.Select(cost => cost.Resident)),
        Setup.Median(costs.Select(cost => cost.Left)));

    private static async Task<Cost> MeasureAsync(string name, string peer, string path, int size)
    {
        await using var server = await ServerProcess.StartAsync(peer, OneWorker);
        // Connect, answer and disconnect a first crowd. What the server's pools keep for this number of connections is
        // then not counted as remaining memory.
        using (var first = await Crowd.GatherAsync(server.Port, size))
            await first.AskAndReadAsync("/hello");
        await Task.Delay(Settling);
        var empty = await server.GetMemoryAsync();

        using var holder = await Crowd.GatherAsync(server.Port, 1);
        using var crowd = await Crowd.GatherAsync(server.Port, size);
        await crowd.AskAndReadAsync("/hello");
        await holder.AskAsync("/park");
        await Task.Delay(500);
        var idle = await server.GetMemoryAsync();
        var arrived = (await server.GetStatsAsync()).Arrived;

        await crowd.AskAsync(path);
        while ((await server.GetStatsAsync()).Arrived < arrived + size)
            await Task.Delay(50);
        await Task.Delay(500);
        var parked = await server.GetMemoryAsync();

        crowd.Dispose();
        holder.Dispose();
        await server.OpenGateAsync();
        await Task.Delay(Settling);
        var left = await server.GetMemoryAsync();
        return new Cost(name, (double)(parked.Heap - idle.Heap) / size,
            (double)(parked.Resident - idle.Resident) / size, left.Heap - empty.Heap);
    }
}
