using System.Diagnostics;

namespace QueueAdmission.Crash.Campaign;

/// <summary>Runs a campaign that kills two nodes, their PostgreSQL server and, if used, their Kafka broker.</summary>
/// <remarks>
/// The seed determines at which progress of the campaign each kill is due, what is killed, and how long a server stays
/// stopped. The progress is computed from the acknowledged posts and the completed jobs.
/// </remarks>
internal sealed class ClusterCrashRun
{
    private const int Nodes = 2;
    private const int LongestPause = 1_500;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly CrashPlan _plan;
    private readonly Action<string> _log;
    private readonly Random _random;
    private readonly Poster _poster;
    private readonly PostCluster _cluster;
    private readonly List<string> _violations = [];
    private int _nodeKills;
    private int _serverKills;
    private int _brokerKills;

    private ClusterCrashRun(CrashPlan plan, Action<string> log, PostCluster cluster) =>
        (_plan, _log, _random, _poster, _cluster) = (plan, log, new Random(plan.Seed), new Poster(plan.Flows), cluster);

    private enum Victim
    {
        Node,
        Server,
        Broker,
    }

    private int Kills => _nodeKills + _serverKills + _brokerKills;

    /// <param name="plan">
    /// The campaign. Finished jobs are kept, so <see cref="CrashPlan.PurgeKills"/> is not used.
    /// </param>
    /// <param name="usesKafka">Whether a Kafka broker accepts the posts. If so, the broker is killed as well.</param>
    /// <param name="log">Receives a line for each step.</param>
    public static async Task<CrashFindings> RunAsync(CrashPlan plan, bool usesKafka, Action<string> log)
    {
        await using var cluster = await PostCluster.StartAsync(
            Nodes,
            usesKafka,
            "--Posts:ReviewTime", "00:00:00.001",
            "--Posts:FailOneOf", $"{CrashPlan.FailOneOf}",
            "--QueuedAdmission:Queues:posts:Workers", "16",
            "--QueuedAdmission:Queues:posts:Deferred:RetryDelay", "00:00:00.200",
            // Logging each retry would take most of the processing time.
            "--Logging:LogLevel:QueueAdmission.Deferred", "None");
        return await new ClusterCrashRun(plan, log, cluster).RunAsync(usesKafka);
    }

    private async Task<CrashFindings> RunAsync(bool usesKafka)
    {
        var start = Stopwatch.GetTimestamp();
        var moments = Enumerable.Range(0, _plan.Kills).Select(_ => _random.NextDouble()).Order().ToList();
        var posting = _poster.PostAsync(_plan.Posts, _cluster.NextClient);
        // A third of the kills hit the server, and another third the broker if there is one.
        Victim[] turns = [Victim.Server, usesKafka ? Victim.Broker : Victim.Node, Victim.Node];
        var victims = Enumerable.Range(0, _plan.Kills).Select(kill => turns[kill % turns.Length]).ToArray();
        _random.Shuffle(victims);
        foreach (var (moment, victim) in moments.Zip(victims))
        {
            await UntilAsync(books => Progress(books) >= moment, $"{moment:P0} are done");
            await (victim switch
            {
                Victim.Server => KillServerAsync(),
                Victim.Broker => KillBrokerAsync(),
                _ => KillNodeAsync(_random.Next(Nodes)),
            });
        }
        await posting;
        // Some records may belong to posts that were not acknowledged.
        var records = _cluster.CountRecords();
        await UntilAsync(
            books => books.IsIdle
                && books.Accepted >= _poster.Acknowledged.Count
                && _cluster.CountImported() >= records,
            "all posts have run");
        var done = _cluster.Read();
        if (usesKafka && done.Accepted > records)
            _violations.Add($"{done.Accepted} are accepted, and the broker has {records} records.");
        if (_cluster.CountUnexplainedRuns() is > 0 and var unexplained)
            _violations.Add($"{unexplained} jobs ran more often than kills have met them.");
        if (_cluster.Recoveries < 2 * _serverKills)
            _violations.Add($"The server has recovered {_cluster.Recoveries} times.");
        return new CrashFindings
        {
            Sent = _poster.Sent,
            Acknowledged = _poster.Acknowledged.Count,
            Unanswered = _poster.Unanswered,
            Refused = _poster.Refused,
            MayHaveStoredRefused = true,
            Kills = Kills,
            Killed = $"{_nodeKills} of nodes, {_serverKills} of the server"
                + (usesKafka ? $", {_brokerKills} of the broker" : ""),
            Done = done,
            MissingRows = _cluster.CountMissingRows(_poster),
            MissingJobs = await _poster.CountMissingJobsAsync(_cluster.NextClient),
            Violations = _violations,
            Time = Stopwatch.GetElapsedTime(start),
        };
    }

    /// <summary>Returns the completed part of the campaign, from 0 to 1.</summary>
    private double Progress(Books books) => (_poster.Acknowledged.Count + books.Done) / (2.0 * _plan.Posts);

    private async Task KillServerAsync()
    {
        _serverKills++;
        var (books, interrupted) = await _cluster.KillServerAsync(
            Kills, TimeSpan.FromMilliseconds(_random.Next(LongestPause)));
        Check(books);
        if (books.Rows < books.Done)
            _violations.Add($"More are done than have a row: {books}");
        _log($"killed the server, {interrupted} jobs under way; {books}");
    }

    private async Task KillNodeAsync(int node)
    {
        _nodeKills++;
        var interrupted = await _cluster.KillNodeAsync(node, Kills);
        _log($"killed node {node}, {interrupted} jobs under way; {_cluster.ReadCounters()}");
        await _cluster.ReplaceNodeAsync(node);
    }

    private async Task KillBrokerAsync()
    {
        _brokerKills++;
        await _cluster.KillBrokerAsync();
        _log($"killed the broker; {_cluster.ReadCounters()}");
    }

    /// <summary>
    /// Reads the counters until they are as expected. Throws if they have not changed for
    /// <see cref="AppProcess.Patience"/>.
    /// </summary>
    private async Task UntilAsync(Func<Books, bool> isSo, string what)
    {
        Books? last = null;
        for (var since = Stopwatch.GetTimestamp();
            Stopwatch.GetElapsedTime(since) < AppProcess.Patience;
            await Task.Delay(LookInterval))
        {
            var books = _cluster.ReadCounters();
            Check(books);
            if (isSo(books))
                return;
            if (books != last)
                (last, since) = (books, Stopwatch.GetTimestamp());
        }
        var output = string.Join('\n', _cluster.Nodes.Select(node => node.Output));
        throw new TimeoutException($"Waited too long until {what}. {last}\n{output}");
    }

    private void Check(Books books)
    {
        if (!books.IsBalanced || books.Dead > 0)
            _violations.Add($"{books}");
    }
}
