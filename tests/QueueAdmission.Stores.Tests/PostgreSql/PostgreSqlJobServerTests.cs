using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>Tests a server that is killed and started again while jobs are accepted and run.</summary>
public sealed class PostgreSqlJobServerTests
{
    private const int Groups = 60;
    private const int Group = 50;
    private const int Kills = 3;

    private readonly string _queue = PostgreSqlJobs.NewQueue();

    [Fact]
    public void Store_ServerIsKilledUnderLoadAndComesBack_LosesNothingThatWasAccepted()
    {
        using var server = PostgresServer.Start();
        server.Execute(JobNode.CreateTarget(_queue));
        using var store = PostgreSqlJobs.Open(server.ConnectionString, o => o.CallTimeout = TimeSpan.FromSeconds(3));
        var accepted = new List<Guid>();
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        using var stop = new CancellationTokenSource();
        var threads = new[]
        {
            Follow(() => Accept(store, accepted), failures),
            Follow(() => RunJobs(store, server, stop.Token), failures),
        };
        for (var kill = 1; kill <= Kills; kill++)
        {
            var goal = Groups * Group * kill / (Kills + 1);
            Eventually.True(
                () => !failures.IsEmpty || (Read(accepted) >= goal && TryReadCounts(store) is { Done: > 0 }),
                () => $"{Read(accepted)} jobs were accepted.");
            server.Kill();
            server.StartAgain();
        }
        threads[0].Join();
        Eventually.True(
            () => !failures.IsEmpty || TryReadCounts(store) is { Waiting: 0, Running: 0 },
            () => "Not all jobs are done.");
        stop.Cancel();
        threads[1].Join();

        Assert.Empty(failures);
        var counts = PostgreSqlJobs.CountsOf(store, _queue);
        PostgreSqlJobs.CheckEquation(counts);
        Assert.Equal((Groups * Group, Groups * Group, 0), (counts.Accepted, counts.Done, counts.Dead));
        Assert.All(accepted, id => Assert.Equal(StoredJobState.Done, store.Find(id)?.State));
        Assert.Equal(
            [$"{Groups * Group}"], server.Query($"SELECT count(DISTINCT id)::text FROM {JobNode.TargetOf(_queue)}"));
    }

    /// <summary>
    /// Repeats each group until the store answers. If an earlier attempt stored it, the jobs are duplicates.
    /// </summary>
    private void Accept(IJobStore store, List<Guid> accepted)
    {
        for (var i = 0; i < Groups; i++)
        {
            var jobs = PostgreSqlJobs.NewJobs(_queue, Group);
            Eventually.True(
                () => PostgreSqlJobs.Succeeds(() =>
                {
                    var result = store.Accept(jobs);
                    Assert.True(
                        result.All(job => job.Status is JobAcceptanceStatus.Accepted or JobAcceptanceStatus.Duplicate));
                    Assert.Single(result.Select(job => job.Status).Distinct());
                }),
                () => "The store does not come back.");
            lock (accepted)
            {
                accepted.AddRange(jobs.Select(job => job.Id));
            }
        }
    }

    private void RunJobs(IJobStore store, PostgresServer server, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // A node whose call has failed does not know which jobs it has. A new node takes over its jobs.
            using var node = new JobNode(store, server.ConnectionString + ";Timeout=2;Pooling=false", _queue);
            try
            {
                while (!cancellationToken.IsCancellationRequested)
                {
                    node.Step();
                }
            }
            catch (Exception exception)
                when (exception is JobStoreException { Problem: JobStoreProblem.Unreachable } or Npgsql.NpgsqlException)
            {
            }
        }
    }

    /// <summary>
    /// Returns the counts, or null if the call fails, as the first call on a connection to the killed server does.
    /// </summary>
    private JobStoreCounts? TryReadCounts(IJobStore store)
    {
        JobStoreCounts? counts = null;
        PostgreSqlJobs.Succeeds(() => counts = PostgreSqlJobs.CountsOf(store, _queue));
        return counts;
    }

    private static int Read(List<Guid> accepted)
    {
        lock (accepted)
        {
            return accepted.Count;
        }
    }

    private static Thread Follow(Action work, System.Collections.Concurrent.ConcurrentQueue<Exception> failures)
    {
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
            }
        });
        thread.Start();
        return thread;
    }
}
