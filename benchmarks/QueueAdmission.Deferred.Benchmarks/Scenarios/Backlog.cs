using System.Diagnostics;
using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Deferred.Benchmarks.Client;
using QueueAdmission.Deferred.Benchmarks.Servers;

namespace QueueAdmission.Deferred.Benchmarks.Scenarios;

/// <summary>
/// Accepts a million posts without running any, and then runs them. Shows whether a backlog costs throughput or memory.
/// </summary>
internal static class Backlog
{
    private const int Posts = 1_000_000;
    private const int Parts = 10;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    public static async Task RunAsync(Setup setup)
    {
        await using var server = await AcceptingServer.StartAsync(setup, Subject.OursOnSqlite);
        await SaturatedLoad.RunAsync(server.Port, 10_000);
        List<Part> filled = [], drained = [];
        for (var part = 0; part < Parts; part++)
        {
            var result = await SaturatedLoad.RunAsync(server.Port, Posts / Parts);
            filled.Add(await PartOf(server, result.PerSecond));
            Console.WriteLine($"  accepted part {part + 1}: {filled[^1]}");
        }
        setup.Add(RowOf("a backlog of 1,000,000 grows: 1 KB each", filled));

        await server.RunJobsAsync();
        for (var part = 0; part < Parts; part++)
        {
            drained.Add(await DrainAsync(server, part));
            Console.WriteLine($"  ran part {part + 1}: {drained[^1]}");
        }
        setup.Add(RowOf("a backlog of 1,000,000 runs: a handler that does nothing, 8 workers", drained));
    }

    private static async Task<Part> DrainAsync(AcceptingServer server, int part)
    {
        var (start, first) = (Stopwatch.GetTimestamp(), (await server.ReadAsync()).Done);
        var goal = (long)Posts * (part + 1) / Parts;
        long done;
        while ((done = (await server.ReadAsync()).Done) < goal)
            await Task.Delay(LookInterval);
        return await PartOf(server, (done - first) / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static async Task<Part> PartOf(AcceptingServer server, double perSecond)
    {
        var state = await server.ReadAsync();
        return new Part(perSecond, state.Heap / 1_048_576.0, state.Resident / 1_048_576.0);
    }

    /// <summary>
    /// Adds a row. The target is reached if the last parts are not much slower than the first, and the heap stays
    /// small.
    /// </summary>
    private static ReportRow RowOf(string name, List<Part> parts)
    {
        var (first, last) = (MedianOf(parts[..3]), MedianOf(parts[^3..]));
        var heap = parts.Max(part => part.Heap);
        return new ReportRow(
            name,
            "sqlite",
            "none",
            "rate ≥ 0.8 of the beginning, heap ≤ 100 MB",
            $"{first:N0}/s in the first three tenths, {last:N0}/s in the last three; heap at most {heap:N0} MB, "
                + $"resident {parts[0].Resident:N0} to {parts[^1].Resident:N0} MB",
            last >= 0.8 * first && heap <= 100);
    }

    private static double MedianOf(List<Part> parts) =>
        parts.Select(part => part.PerSecond).Order().ElementAt(parts.Count / 2);

    private sealed record Part(double PerSecond, double Heap, double Resident)
    {
        public override string ToString() => $"{PerSecond:N0}/s, heap {Heap:N0} MB, resident {Resident:N0} MB";
    }
}
