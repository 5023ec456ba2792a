using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Crash.Campaign;

namespace QueueAdmission.Deferred.Benchmarks.Scenarios;

/// <summary>
/// Sends 300,000 posts to two nodes while nodes, their server and optionally their broker are killed. A test does the
/// same with fewer posts.
/// </summary>
internal static class KilledNodes
{
    public static Task WithoutKafkaAsync(Setup setup) => RunAsync(setup, usesKafka: false);

    public static Task WithKafkaAsync(Setup setup) => RunAsync(setup, usesKafka: true);

    private static async Task RunAsync(Setup setup, bool usesKafka)
    {
        var plan = new CrashPlan(Posts: 300_000, Kills: 20, PurgeKills: 0, Flows: 32, Seed: 300);
        var findings = await ClusterCrashRun.RunAsync(
            plan, usesKafka, step => Console.WriteLine($"  {DateTime.Now:HH:mm:ss} {step}"));
        var problems = findings.Problems().ToList();
        problems.ForEach(Console.WriteLine);
        setup.Add(new ReportRow(
            usesKafka
                ? "300,000 posts to two nodes, kill -9 of nodes, of the server and of the broker"
                : "300,000 posts to two nodes, kill -9 of nodes and of the server",
            usesKafka ? "kafka, postgres" : "postgres",
            "none",
            "nothing missing, none dead; runs beyond the first ≤ jobs whose end was not stored at a kill",
            problems.Count == 0 ? $"{findings}" : $"{findings}; wrong: {problems.Count}, the first: {problems[0]}",
            problems.Count == 0));
    }
}
