using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Deferred.Benchmarks.Client;
using QueueAdmission.Deferred.Benchmarks.Servers;
using QueueAdmission.LoadTest.Client;

namespace QueueAdmission.Deferred.Benchmarks.Scenarios;

/// <summary>
/// Offers 10,000 posts per second regardless of how fast the server answers. The latency counts from the scheduled
/// time.
/// </summary>
internal static class OfferedRate
{
    private const int PerSecond = 10_000;
    private const int Rounds = 3;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    /// <summary>
    /// The part of the load that is not evaluated. During this time the client opens its connections, and the runtime
    /// has not yet compiled the code of either process for this load.
    /// </summary>
    private static readonly TimeSpan Onset = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(Setup setup)
    {
        List<Tally> rounds = [];
        for (var round = 0; round < Rounds; round++)
        {
            await using var server = await AcceptingServer.StartAsync(setup, Subject.OursOnSqlite);
            await SaturatedLoad.RunAsync(server.Port, WarmUp);
            var load = new OpenLoop(server.Port, "/posts", Patience, draw: round, body: Post.Body);
            var whole = await load.RunAsync([new Phase(PerSecond, Onset + Length)]);
            rounds.Add(whole.Between(Onset, Onset + Length));
            Console.WriteLine($"  {Describe(rounds[^1])}");
        }
        var median = rounds.OrderBy(tally => tally.Percentile(99)).ElementAt(Rounds / 2);
        var isReached = median.Percentile(99) <= 60 && median[Outcome.Served] == median.Sent;
        setup.Add(new ReportRow(
            "10,000/s offered, 1 KB, QueueAdmission", "sqlite", "none", "p99 ≤ 60 ms", Describe(median), isReached));
    }

    private static string Describe(Tally tally) =>
        $"{tally[Outcome.Served]:N0} of {tally.Sent:N0} accepted, "
        + $"p50 {tally.Percentile(50):N1} ms, p99 {tally.Percentile(99):N1} ms; "
        + $"the client was at most {tally.Lag.TotalMilliseconds:N0} ms late";
}
