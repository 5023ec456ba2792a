using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Crash.Campaign;

namespace QueueAdmission.Deferred.Benchmarks.Scenarios;

/// <summary>
/// Kills or freezes one of two nodes while it runs jobs, and measures when and how the other node runs these jobs.
/// </summary>
internal static class LostNode
{
    private const int Rounds = 5;
    private const int Jobs = 16;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(Setup setup)
    {
        var takeovers = await TakeoverRun.KillAsync(Rounds, Jobs, step => Console.WriteLine($"  {step}"));
        setup.Add(new ReportRow(
            $"kill -9 of one of two nodes with {Jobs} long jobs, {Rounds} times",
            "postgres",
            "none",
            "all of its jobs run elsewhere ≤ 5 s later",
            "the last one runs elsewhere after "
                + string.Join(", ", takeovers.Select(takeover => $"{takeover.Time.TotalSeconds:N2} s")),
            takeovers.All(takeover => takeover.Jobs == Jobs && takeover.Time <= Longest)));
        var frozen = await TakeoverRun.FreezeAsync(Jobs);
        setup.Add(new ReportRow(
            $"SIGSTOP of a node with {Jobs} jobs until they run elsewhere; it goes on and ends them first",
            "postgres",
            "none",
            "its ends are refused; each job has one result",
            $"{frozen.Books.Repeated} jobs ended on both nodes: {frozen.Books.Done} done of "
                + $"{frozen.Books.Accepted} accepted, {frozen.Books.Rows} rows; results: "
                + $"{frozen.ResultsOfOther} of the other node, {frozen.ResultsOfFrozen} of the frozen one",
            frozen.IsRight));
    }
}
