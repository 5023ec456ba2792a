using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Crash.Campaign;

namespace QueueAdmission.Deferred.Benchmarks.Scenarios;

/// <summary>
/// 300,000 posts to two nodes, while nodes and their server are killed. The tests do the same with fewer.
/// </summary>
internal static class KilledNodes
{
    public static async Task RunAsync(Setup setup)
    {
        var plan = new CrashPlan(Posts: 300_000, Kills: 20, PurgeKills: 0, Flows: 32, Seed: 300);
        var findings = await ClusterCrashRun.RunAsync(plan, step => Console.WriteLine($"  {DateTime.Now:HH:mm:ss} {step}"));
        var problems = findings.Problems().ToList();
        problems.ForEach(Console.WriteLine);
        setup.Add(new ReportRow(
            "300,000 posts to two nodes, kill -9 of nodes and of the server",
            "postgres",
            "none",
            "nothing missing, none dead; runs beyond the first ≤ jobs whose end was not stored at a kill",
            problems.Count == 0 ? $"{findings}" : $"{findings}; wrong: {problems.Count}, the first: {problems[0]}",
            problems.Count == 0));
    }
}
