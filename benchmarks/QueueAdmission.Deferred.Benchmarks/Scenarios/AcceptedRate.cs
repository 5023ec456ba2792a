using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Deferred.Benchmarks.Client;
using QueueAdmission.Deferred.Benchmarks.Servers;

namespace QueueAdmission.Deferred.Benchmarks.Scenarios;

/// <summary>Measures how many posts per second are durably accepted over HTTP.</summary>
/// <remarks>
/// QueueAdmission and Hangfire only accept the posts and do not run them. With Wolverine this is not possible: its
/// queue runs published messages, and a handler that blocks holds up the others. For the comparison with Wolverine,
/// QueueAdmission therefore runs the posts as well.
/// </remarks>
internal static class AcceptedRate
{
    private const int Rounds = 3;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    public static async Task CompareAsync(Setup setup)
    {
        var results = new Dictionary<Subject, List<SaturatedResult>>();
        // Measure the subjects in turn, so that a busy moment of the machine does not affect only one of them.
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var subject in Subject.All)
            {
                await using var server = await AcceptingServer.StartAsync(setup, subject);
                await SaturatedLoad.RunAsync(server.Port, WarmUp);
                var before = server.ProcessorTime;
                var result = await SaturatedLoad.RunAsync(server.Port, Length);
                var used = server.ProcessorTime - before;
                Console.WriteLine(
                    $"  {subject.Label}: {result.PerSecond:N0}/s, p50 {result.P50:N1} ms, p99 {result.P99:N1} ms, "
                    + $"{used / Length:P0} of a core");
                results.TryAdd(subject, []);
                results[subject].Add(result);
            }
        }
        foreach (var subject in Subject.All)
        {
            var compared = subject == Subject.Wolverine ? Subject.OursThatRuns : Subject.OursOnSqlite;
            setup.Add(RowOf(subject, MedianOf(results[subject]), MedianOf(results[compared])));
        }
    }

    private static SaturatedResult MedianOf(List<SaturatedResult> rounds) =>
        rounds.OrderBy(result => result.PerSecond).ElementAt(rounds.Count / 2);

    private static ReportRow RowOf(Subject subject, SaturatedResult result, SaturatedResult ours)
    {
        var ratio = ours.PerSecond / result.PerSecond;
        (string prototype, string reach, bool? isReached) = subject.Name switch
        {
            "wolverine" => ("2.8–3.2k/s", "ours ≥ 5 ×", ratio >= 5),
            "hangfire" => ("0.7–0.8k/s", "ours ≥ 20 ×", ratio >= 20),
            "ours-sqlite" => ("18k/s, p50 7.6 ms", "≥ 15,000/s", result.PerSecond >= 15_000),
            _ => ("none", "none", (bool?)null),
        };
        var compared = isReached is null || subject == Subject.OursOnSqlite
            ? ""
            : $"; ours accepts {ratio:N1} × as many";
        return new ReportRow(
            $"accepted, saturated: {SaturatedLoad.Flows} connections, 1 KB, {subject.Label}",
            subject.Store,
            prototype,
            reach,
            $"{result.PerSecond:N0}/s, p50 {result.P50:N1} ms, p99 {result.P99:N1} ms{compared}",
            isReached);
    }
}
