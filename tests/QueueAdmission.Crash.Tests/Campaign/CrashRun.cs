using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace QueueAdmission.Crash.Campaign;

/// <summary>Runs a campaign that kills the processes of samples/PostDemo.</summary>
internal sealed class CrashRun : IDisposable
{
    private const int LongestDelay = 1_500;

    private readonly CrashPlan _plan;
    private readonly Action<string> _log;
    private readonly Random _random;
    private readonly Poster _poster;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("queueadmission-crash-");
    private readonly List<string> _violations = [];
    private readonly List<DemoProcess> _dead = [];
    private DemoProcess _demo = null!;
    private int _workerKills;
    private int _frontKills;

    private CrashRun(CrashPlan plan, Action<string> log)
    {
        (_plan, _log, _random, _poster) = (plan, log, new Random(plan.Seed), new Poster(plan.Flows));
    }

    /// <param name="plan">The campaign.</param>
    /// <param name="log">Receives a line for each step.</param>
    public static async Task<CrashFindings> RunAsync(CrashPlan plan, Action<string> log)
    {
        using var run = new CrashRun(plan, log);
        return await run.RunAsync();
    }

    public void Dispose()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process is still ending. The folder is temporary, so it may remain.
        }
    }

    private async Task<CrashFindings> RunAsync()
    {
        var start = Stopwatch.GetTimestamp();
        _demo = await StartAsync();
        try
        {
            for (var round = 0; round <= _plan.Kills; round++)
                await RunRoundAsync(round);
            var done = await _demo.UntilAsync(IsDone, "all posts have run");
            var missingJobs = await _poster.CountMissingJobsAsync(() => _demo.Client);
            await PurgeAsync();
            var purged = await _demo.ReadAsync();
            await _demo.StopAsync();
            return new CrashFindings
            {
                Sent = _poster.Sent,
                Acknowledged = _poster.Acknowledged.Count,
                Unanswered = _poster.Unanswered,
                Refused = _poster.Refused,
                Kills = _workerKills + _frontKills,
                Killed = $"{_frontKills} of both processes",
                Done = done.Counts,
                Purged = purged.Counts,
                MissingRows = CountMissingRows(),
                MissingJobs = missingJobs,
                JobsLeft = CountJobs(),
                Violations = _violations,
                Time = Stopwatch.GetElapsedTime(start),
            };
        }
        finally
        {
            await _demo.DisposeAsync();
            foreach (var dead in _dead)
                await dead.DisposeAsync();
        }
    }

    private Task<DemoProcess> StartAsync(params string[] arguments) => DemoProcess.StartAsync(
        _folder.FullName,
        [
            "--Posts:ReviewTime", "00:00:00.001",
            "--Posts:FailOneOf", $"{CrashPlan.FailOneOf}",
            // Written data survives a kill. Only a loss of power would need a stricter setting.
            "--Posts:Synchronous", "NORMAL",
            "--Worker:RestartAfter", "00:00:00",
            // Logging each retry would take most of the processing time.
            "--Logging:LogLevel:QueueAdmission.Deferred", "Error",
            "--QueuedAdmission:Queues:posts:Deferred:RetryDelay", "00:00:00.200",
            .. arguments,
        ]);

    /// <summary>Sends one part of the posts, and kills a process in the meantime.</summary>
    private async Task RunRoundAsync(int round)
    {
        var quota = (_plan.Posts / (_plan.Kills + 1)) + (round < _plan.Posts % (_plan.Kills + 1) ? 1 : 0);
        var before = _poster.Acknowledged.Count;
        var posting = _poster.PostAsync(quota, () => _demo.Client);
        if (round < _plan.Kills)
        {
            // Both processes are killed only while posts arrive. The process that runs the jobs may be killed at any
            // time.
            if (_random.Next(3) == 0)
                await KillAllAsync(posting, before + _random.Next(quota));
            else
                await KillWorkerAsync();
        }
        await posting;
        Check(await _demo.ReadAsync());
    }

    private async Task KillWorkerAsync()
    {
        // Short delays hit the startup and the first claims. Long delays hit the middle of the work.
        var delay = TimeSpan.FromMilliseconds(Math.Pow(LongestDelay, _random.NextDouble()));
        await _demo.KillWorkerAsync(delay);
        _workerKills++;
        _log($"killed the process that runs the jobs, {delay.TotalMilliseconds:N0} ms after its start");
        Check(await _demo.ReadAsync());
    }

    private async Task KillAllAsync(Task posting, int acknowledged)
    {
        // A process that has just started is killed like a process that is working.
        Check(await _demo.UntilAsync(static books => books.Process is not null, "a process starts"));
        while (_poster.Acknowledged.Count < acknowledged && !posting.IsCompleted)
            await Task.Delay(1);
        await _demo.KillAllAsync();
        _frontKills++;
        _log($"killed both processes, {_poster.Acknowledged.Count:N0} posts after the beginning");
        // The client of the killed process still has requests under way.
        _dead.Add(_demo);
        _demo = await StartAsync();
        Check(await _demo.ReadAsync());
    }

    /// <summary>Lets finished jobs be removed, and kills the process that removes them.</summary>
    private async Task PurgeAsync()
    {
        await _demo.StopAsync();
        await _demo.DisposeAsync();
        _demo = await StartAsync("--QueuedAdmission:Queues:posts:Deferred:Retention", "00:00:01");
        for (var kill = 0; kill < _plan.PurgeKills; kill++)
        {
            var delay = TimeSpan.FromMilliseconds(_random.Next(150));
            await _demo.KillWorkerAsync(delay);
            _workerKills++;
            Check(await _demo.ReadAsync());
            _log(
                $"killed the process that removes finished jobs, {delay.TotalMilliseconds:N0} ms after its start; "
                + $"left: {CountJobs():N0}");
        }
        var running = await _demo.UntilAsync(static books => books.Worker == "running", "a process runs the jobs");
        Check(running);
        for (var last = long.MaxValue; CountJobs() is > 0 and var left && left <= last; last = left)
            await Task.Delay(TimeSpan.FromSeconds(1));
    }

    private bool IsDone(DemoBooks books)
    {
        Check(books);
        return books.IsIdle && books.Accepted >= _poster.Acknowledged.Count;
    }

    private void Check(DemoBooks books)
    {
        if (!books.IsBalanced || books.Dead > 0 || books.Rows < books.Done)
            _violations.Add($"{books}");
    }

    private int CountMissingRows()
    {
        using var connection = Open("posts.db");
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT job, text FROM posts";
        using var row = command.ExecuteReader();
        return _poster.CountMissingRows(row, row => (row.GetString(0), row.GetString(1)));
    }

    private long CountJobs()
    {
        using var connection = Open("jobs.db");
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM queueadmission_jobs";
        return (long)command.ExecuteScalar()!;
    }

    private SqliteConnection Open(string file)
    {
        // Not pooled, so that no connection keeps a file of the demo open when the run ends.
        var connection = new SqliteConnection(
            $"Data Source={Path.Combine(_folder.FullName, file)};Pooling=False;Mode=ReadWrite");
        connection.Open();
        return connection;
    }
}
