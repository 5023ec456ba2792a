using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Crash.Campaign;

namespace QueueAdmission.Deferred.Benchmarks.Scenarios;

/// <summary>Sends 300,000 posts while processes are killed. A test does the same with fewer posts.</summary>
internal static class KilledProcesses
{
    public static async Task RunAsync(Setup setup)
    {
        var plan = new CrashPlan(Posts: 300_000, Kills: 24, PurgeKills: 4, Flows: 32, Seed: 300);
        var findings = await CrashRun.RunAsync(plan, step => Console.WriteLine($"  {step}"));
        var problems = findings.Problems().ToList();
        problems.ForEach(Console.WriteLine);
        setup.Add(new ReportRow(
            "300,000 posts, kill -9 of the processes of samples/PostDemo",
            "sqlite",
            "33,263 acknowledged, 5 kills, 0 missing",
            "nothing missing, none dead; runs beyond the first ≤ jobs under way at a kill",
            problems.Count == 0 ? $"{findings}" : $"{findings}; wrong: {problems.Count}, the first: {problems[0]}",
            problems.Count == 0));
    }
}
