using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Deferred.Benchmarks.Client;
using QueueAdmission.Deferred.Benchmarks.Servers;

namespace QueueAdmission.Deferred.Benchmarks.Scenarios;

/// <summary>How many posts a second are accepted durably, over HTTP. Nothing runs meanwhile.</summary>
internal static class AcceptedRate
{
    private const int Rounds = 3;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    public static async Task CompareAsync(Setup setup)
    {
        var results = new Dictionary<Subject, List<SaturatedResult>>();
        // In turn, so that a busy moment of the machine does not fall on one of them only.
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var subject in Subject.All)
            {
                await using var server = await AcceptingServer.StartAsync(setup, subject);
                await SaturatedLoad.RunAsync(server.Port, WarmUp);
                var before = server.ProcessorTime;
                var result = await SaturatedLoad.RunAsync(server.Port, Length);
                var used = server.ProcessorTime - before;
                Console.WriteLine($"  {subject.Label}: {result.PerSecond:N0}/s, p50 {result.P50:N1} ms, p99 {result.P99:N1} ms, {used / Length:P0} of a core");
                results.TryAdd(subject, []);
                results[subject].Add(result);
            }
        }
        var ours = MedianOf(results[Subject.OursOnSqlite]);
        foreach (var subject in Subject.All)
            setup.Add(RowOf(subject, MedianOf(results[subject]), ours));
    }

    private static SaturatedResult MedianOf(List<SaturatedResult> rounds) =>
        rounds.OrderBy(result => result.PerSecond).ElementAt(rounds.Count / 2);

    private static ReportRow RowOf(Subject subject, SaturatedResult result, SaturatedResult ours)
    {
        var ratio = ours.PerSecond / result.PerSecond;
        var (prototype, reach, isReached) = subject.Name switch
        {
            "wolverine" => ("2.8–3.2k/s", "ours ≥ 5 ×", ratio >= 5),
            "hangfire" => ("0.7–0.8k/s", "ours ≥ 20 ×", ratio >= 20),
            _ => ("18k/s, p50 7.6 ms", "≥ 15,000/s", result.PerSecond >= 15_000),
        };
        var compared = subject.Label == Subject.OursOnSqlite.Label ? "" : $"; ours accepts {ratio:N1} × as many";
        return new ReportRow(
            $"accepted, saturated: {SaturatedLoad.Flows} connections, 1 KB, {subject.Label}",
            subject.Store,
            prototype,
            reach,
            $"{result.PerSecond:N0}/s, p50 {result.P50:N1} ms, p99 {result.P99:N1} ms{compared}",
            isReached);
    }
}
