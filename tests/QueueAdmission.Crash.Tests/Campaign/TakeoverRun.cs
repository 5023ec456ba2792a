using System.Diagnostics;

namespace QueueAdmission.Crash.Campaign;

/// <summary>What happens to the jobs of a node that is killed or frozen while another node lives.</summary>
internal static class TakeoverRun
{
    /// <summary>A node counts as a witness of another one's end when it has lived for longer than this.</summary>
    private static readonly TimeSpan Acquaintance = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Kills the node that has most jobs, again and again.</summary>
    /// <param name="rounds">How often.</param>
    /// <param name="jobs">How many jobs run, all longer than this lasts.</param>
    /// <param name="log">Told of each round.</param>
    /// <returns>For each round: how many jobs the node had, and when the last of them had started elsewhere.</returns>
    public static async Task<IReadOnlyList<Takeover>> KillAsync(int rounds, int jobs, Action<string> log)
    {
        await using var cluster = await StartAsync(TimeSpan.FromMinutes(10), jobs);
        await PostAsync(cluster, jobs);
        List<Takeover> takeovers = [];
        for (var round = 1; round <= rounds; round++)
        {
            cluster.Nodes.Add(await cluster.StartNodeAsync());
            await Task.Delay(Acquaintance);
            var victim = Enumerable.Range(0, cluster.Nodes.Count).MaxBy(node => cluster.JobsOf(cluster.Nodes[node]).Count);
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
    /// Freezes a node in the middle of its jobs, and lets it go on while they run elsewhere. So it ends them first.
    /// </summary>
    /// <param name="jobs">How many jobs it has.</param>
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
        // Its handlers end before those of the other node, which write that they ran as the second ones.
        await UntilAsync(
            () => cluster.ReadCounters().Done == jobs && cluster.Read().Repeated == jobs,
            () => $"The handlers do not end: {cluster.Read()}, {frozen.Output}");
        // Answered when the node has nothing left to write.
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

    /// <summary>Posts until all run. The first node is alone, so it has them.</summary>
    private static async Task<Poster> PostAsync(PostCluster cluster, int jobs)
    {
        var poster = new Poster(flows: jobs);
        await poster.PostAsync(jobs, cluster.NextClient);
        await UntilAsync(() => CountStarts(cluster) == jobs, () => "Not all jobs have started.");
        return poster;
    }

    private static long CountStarts(PostCluster cluster) =>
        cluster.Query("SELECT count(*) FROM starts", row => row.GetInt64(0)).Single();

    /// <summary>When the jobs of a kill started again.</summary>
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

/// <param name="Jobs">How many jobs the node had.</param>
/// <param name="Time">From the kill to the moment at which the last of them had started elsewhere.</param>
internal sealed record Takeover(int Jobs, TimeSpan Time)
{
    public override string ToString() => $"{Jobs} jobs after {Time.TotalSeconds:N1} s";
}

/// <param name="Jobs">How many jobs the node had when it was frozen.</param>
/// <param name="Books">The books when all of them had ended on both nodes.</param>
/// <param name="ResultsOfFrozen">Jobs whose stored response is that of the frozen node, which no longer had them.</param>
/// <param name="ResultsOfOther">Jobs whose stored response is that of the node that took over.</param>
internal sealed record FrozenFindings(int Jobs, Books Books, int ResultsOfFrozen, int ResultsOfOther)
{
    public bool IsRight =>
        Books.IsBalanced && Books.Accepted == Jobs && Books.Done == Jobs && Books.Rows == Jobs && Books.Repeated == Jobs
        && ResultsOfFrozen == 0 && ResultsOfOther == Jobs;
}
