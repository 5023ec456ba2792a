using System.Diagnostics;

namespace QueueAdmission.Crash.Campaign;

/// <summary>
/// Measures what happens to the jobs of a node that is killed or frozen while another node is running.
/// </summary>
internal static class TakeoverRun
{
    /// <summary>A node may declare another node lost only after it has itself run for longer than this.</summary>
    private static readonly TimeSpan Acquaintance = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Kills the node that has the most jobs, several times in a row.</summary>
    /// <param name="rounds">The number of kills.</param>
    /// <param name="jobs">The number of running jobs. Each runs longer than this method takes.</param>
    /// <param name="log">Receives a line for each round.</param>
    /// <returns>
    /// For each round, how many jobs the node had and when the last of them had started on other nodes.
    /// </returns>
    public static async Task<IReadOnlyList<Takeover>> KillAsync(int rounds, int jobs, Action<string> log)
    {
        await using var cluster = await StartAsync(TimeSpan.FromMinutes(10), jobs);
        await PostAsync(cluster, jobs);
        List<Takeover> takeovers = [];
        for (var round = 1; round <= rounds; round++)
        {
            cluster.Nodes.Add(await cluster.StartNodeAsync());
            await Task.Delay(Acquaintance);
            var victim = Enumerable.Range(0, cluster.Nodes.Count)
                .MaxBy(node => cluster.JobsOf(cluster.Nodes[node]).Count);
            var killed = cluster.Query("SELECT clock_timestamp()", row => row.GetDateTime(0)).Single();
            var held = await cluster.KillNodeAsync(victim, round);
            cluster.Nodes.RemoveAt(victim);
            await UntilAsync(
                () => StartedAgain(cluster, round).Count == held,
                () => $"{StartedAgain(cluster, round).Count} of {held} jobs run elsewhere.");
            takeovers.Add(new Takeover(held, StartedAgain(cluster, round).Max() - killed));
            log($"{takeovers[^1]}");
        }
        return takeovers;
    }

    /// <summary>
    /// Freezes a node in the middle of its jobs, and resumes it after the jobs have started on another node. The
    /// resumed node therefore ends them first.
    /// </summary>
    /// <param name="jobs">The number of jobs that the node has.</param>
    public static async Task<FrozenFindings> FreezeAsync(int jobs)
    {
        await using var cluster = await StartAsync(TimeSpan.FromSeconds(8), jobs);
        var poster = await PostAsync(cluster, jobs);
        var frozen = cluster.Nodes[0];
        await frozen.SignalAsync("STOP");
        cluster.Nodes[0] = await cluster.StartNodeAsync();
        await UntilAsync(
            () => CountStarts(cluster) == 2 * jobs, () => $"Not all jobs run elsewhere: {cluster.ReadCounters()}");
        await frozen.SignalAsync("CONT");
        cluster.Nodes.Add(frozen);
        // The handlers of the resumed node end first. Those of the other node then record that theirs are repeated
        // runs.
        await UntilAsync(
            () => cluster.ReadCounters().Done == jobs && cluster.Read().Repeated == jobs,
            () => $"The handlers do not end: {cluster.Read()}, {frozen.Output}");
        // Answered when the resumed node has nothing left to write.
        using (var idle = await frozen.Client.GetAsync("/idle"))
            idle.EnsureSuccessStatusCode();
        var responses = new List<string>();
        foreach (var id in poster.Acknowledged.Keys)
            responses.Add(await frozen.Client.GetStringAsync($"/jobs/{id}/response"));
        return new FrozenFindings(
            jobs,
            cluster.Read(),
            responses.Count(response => response == $"{frozen.Id}"),
            responses.Count(response => response == $"{cluster.Nodes[0].Id}"));
    }

    private static Task<PostCluster> StartAsync(TimeSpan reviewTime, int jobs) => PostCluster.StartAsync(
        1,
        "--Posts:ReviewTime", $"{reviewTime}",
        "--Posts:LogsStarts", "true",
        "--QueuedAdmission:Queues:posts:Workers", $"{jobs}",
        "--QueuedAdmission:Queues:posts:Deferred:MaxAttempts", "100");

    /// <summary>
    /// Sends the posts and waits until all jobs run. There is only one node yet, so it has all of them.
    /// </summary>
    private static async Task<Poster> PostAsync(PostCluster cluster, int jobs)
    {
        var poster = new Poster(flows: jobs);
        await poster.PostAsync(jobs, cluster.NextClient);
        await UntilAsync(() => CountStarts(cluster) == jobs, () => "Not all jobs have started.");
        return poster;
    }

    private static long CountStarts(PostCluster cluster) =>
        cluster.Query("SELECT count(*) FROM starts", row => row.GetInt64(0)).Single();

    /// <summary>Returns the times at which the jobs that were interrupted by a kill started again.</summary>
    private static List<DateTime> StartedAgain(PostCluster cluster, int kill) => cluster.Query(
        """
        SELECT max(s.at) FROM interrupted i JOIN starts s ON s.job = i.job
        WHERE i.kill = $1 GROUP BY i.job HAVING count(*) > $1
        """,
        row => row.GetDateTime(0),
        kill);

    private static async Task UntilAsync(Func<bool> isSo, Func<string> complaint)
    {
        for (var since = Stopwatch.GetTimestamp(); !isSo(); await Task.Delay(LookInterval))
        {
            if (Stopwatch.GetElapsedTime(since) > Patience)
                throw new TimeoutException(complaint());
        }
    }
}

/// <param name="Jobs">The number of jobs that the node had.</param>
/// <param name="Time">The time from the kill until the last of these jobs had started on another node.</param>
internal sealed record Takeover(int Jobs, TimeSpan Time)
{
    public override string ToString() => $"{Jobs} jobs after {Time.TotalSeconds:N1} s";
}

/// <param name="Jobs">The number of jobs that the node had when it was frozen.</param>
/// <param name="Books">The counts after all of these jobs had ended on both nodes.</param>
/// <param name="ResultsOfFrozen">
/// The number of jobs whose stored response is from the frozen node, which no longer owned them.
/// </param>
/// <param name="ResultsOfOther">The number of jobs whose stored response is from the node that took over.</param>
internal sealed record FrozenFindings(int Jobs, Books Books, int ResultsOfFrozen, int ResultsOfOther)
{
    public bool IsRight =>
        Books.IsBalanced && Books.Accepted == Jobs && Books.Done == Jobs && Books.Rows == Jobs && Books.Repeated == Jobs
        && ResultsOfFrozen == 0 && ResultsOfOther == Jobs;
}
