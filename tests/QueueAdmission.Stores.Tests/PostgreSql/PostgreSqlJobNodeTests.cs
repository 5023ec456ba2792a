using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>Tests several nodes on one server: running together, killed and frozen.</summary>
public sealed class PostgreSqlJobNodeTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    private const string ServerVariable = "QUEUEADMISSION_JOB_SERVER";
    private const string QueueVariable = "QUEUEADMISSION_JOB_QUEUE";
    private const string HoldsVariable = "QUEUEADMISSION_JOB_HOLDS";
    private const int Jobs = 3_000;

    private readonly string _queue = PostgreSqlJobs.NewQueue();

    [Fact]
    public void Advance_ThreeNodesOnThreads_RunEachJobOnce()
    {
        using var store = OpenWithJobs();
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            try
            {
                using var own = PostgreSqlJobs.Open(shared.Server.ConnectionString);
                using var node = new JobNode(own, shared.Server.ConnectionString, _queue);
                while (PostgreSqlJobs.CountsOf(own, _queue).Done < Jobs)
                {
                    node.Step();
                }
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Empty(failures);
        AssertAllDone(store, runsBeyondOne: 0);
    }

    [Fact]
    public void RenewOwner_AProcessIsKilledWhileItRunsJobs_AnotherRunsThem()
    {
        using var store = OpenWithJobs();
        // The victim keeps its jobs, because otherwise it might have ended all of them before it is killed.
        using var victim = StartNode(holds: true);
        Eventually.True(
            () => PostgreSqlJobs.CountsOf(store, _queue).Running > 0, () => $"Nothing runs: {victim.Output}");
        using var survivor = StartNode();
        Eventually.True(
            () => PostgreSqlJobs.CountsOf(store, _queue) is { Waiting: 0, Running: JobNode.Batch },
            () => $"Not all other jobs are done: {survivor.Output}");
        Assert.False(survivor.HasExited);

        victim.Kill();

        Eventually.True(
            () => PostgreSqlJobs.CountsOf(store, _queue).Done == Jobs,
            () => $"Not all jobs are done: {survivor.Output}");
        AssertAllDone(store, runsBeyondOne: JobNode.Batch);
    }

    [Fact]
    public void Advance_AProcessWasFrozenAndItsJobsRanElsewhere_ItsEndsAreRefused()
    {
        using var store = OpenWithJobs();
        using var frozen = StartNode(holds: true);
        Eventually.True(
            () => PostgreSqlJobs.CountsOf(store, _queue).Running > 0, () => $"Nothing runs: {frozen.Output}");
        frozen.Signal("STOP");
        using var other = StartNode();
        Eventually.True(
            () => PostgreSqlJobs.CountsOf(store, _queue).Done == Jobs, () => $"Not all jobs are done: {other.Output}");

        frozen.Signal("CONT");

        Eventually.True(() => frozen.HasExited, () => $"The process does not go on: {frozen.Output}");
        Assert.True(frozen.ExitCode == 0, frozen.Output);
        AssertAllDone(store, runsBeyondOne: JobNode.Batch);
        var refused = int.Parse(
            shared.Server.Query($"SELECT coalesce(sum(refused), 0)::text FROM {JobNode.TargetOf(_queue)}")[0],
            System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(JobNode.Batch, refused);
    }

    [Fact]
    public void RenewOwner_AllNodesWereSilentAsInAnOutage_NoneIsTakenOver()
    {
        using var store = OpenWithJobs();
        var (one, other) = (PostgreSqlJobs.NewNode(), PostgreSqlJobs.NewNode());
        store.RenewOwner(one);
        store.RenewOwner(other);
        var job = store.Advance(one, [], [new JobClaim(_queue, 1)]).Jobs[0];
        // The rows now look as they do after an outage of ten seconds.
        shared.Server.Execute("UPDATE queue_admission.job_owners SET seen = seen - 10000000, since = since - 10000000");

        Assert.Equal(0, store.RenewOwner(other).Recovered);

        store.RenewOwner(one);
        Assert.True(store.Advance(one, [PostgreSqlJobs.Done(job)], []).Ends[0]);
    }

    [Fact]
    public void RenewOwner_ANodeIsGoneForTheLimit_ItsJobsWaitAgain()
    {
        using var store = OpenAlone(out var schema);
        var (gone, living) = (PostgreSqlJobs.NewNode(), PostgreSqlJobs.NewNode());
        store.RenewOwner(gone);
        store.RenewOwner(living);
        var lost = store.Advance(gone, [], [new JobClaim(_queue, 2)]).Jobs;
        shared.Server.Execute(
            $"UPDATE {schema}.job_owners SET since = since - 10000000 WHERE node = '{living}'");
        shared.Server.Execute($"UPDATE {schema}.job_owners SET seen = seen - 2000000 WHERE node = '{gone}'");
        Assert.Equal(0, store.RenewOwner(living).Recovered);
        shared.Server.Execute($"UPDATE {schema}.job_owners SET seen = seen - 2000001 WHERE node = '{gone}'");

        Assert.Equal(2, store.RenewOwner(living).Recovered);

        Assert.Equal(
            [false, false], store.Advance(gone, [.. lost.Select(PostgreSqlJobs.Done)], [new JobClaim(_queue, 1)]).Ends);
        Assert.Equal(0, PostgreSqlJobs.CountsOf(store, _queue).Running);
        Assert.Equal(
            lost.Select(job => (job.Id, 2)),
            store.Advance(living, [], [new JobClaim(_queue, 2)]).Jobs.Select(job => (job.Id, job.Attempt)));
    }

    /// <summary>
    /// The claim locks the row of the owner, so the first takeover skips it. A later takeover finds the claim.
    /// </summary>
    [Fact]
    public void RenewOwner_ANodeIsGoneWhileTheServerClaimsForIt_TheClaimIsReleasedLater()
    {
        using var store = OpenAlone(out var schema);
        var (gone, living) = (PostgreSqlJobs.NewNode(), PostgreSqlJobs.NewNode());
        store.RenewOwner(gone);
        store.RenewOwner(living);
        shared.Server.Execute(
            $"UPDATE {schema}.job_owners SET since = since - 10000000 WHERE node = '{living}'");
        shared.Server.Execute($"UPDATE {schema}.job_owners SET seen = seen - 10000000 WHERE node = '{gone}'");
        using (var connection = new Npgsql.NpgsqlConnection(shared.Server.ConnectionString + ";Pooling=false"))
        {
            connection.Open();
            using var transaction = connection.BeginTransaction();
            var call = $"SELECT count(*) FROM {schema}.job_advance_1("
                + $"'{gone}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{{_queue}}}', '{{7}}')";
            using var command = new Npgsql.NpgsqlCommand(call, connection, transaction);
            Assert.Equal(7L, command.ExecuteScalar());
            Assert.Equal(0, store.RenewOwner(living).Recovered);
            transaction.Commit();
        }

        Assert.Equal(7, store.RenewOwner(living).Recovered);

        Assert.Equal(0, PostgreSqlJobs.CountsOf(store, _queue).Running);
    }

    /// <summary>
    /// The server releases the locks after it has sent the result, which must therefore fit into the connection's
    /// buffers.
    /// </summary>
    [Fact]
    public void Advance_ANodeIsFrozenBeforeItReadsWhatItClaimed_OthersGoOn()
    {
        using var store = OpenWithJobs();
        var (frozen, living) = (PostgreSqlJobs.NewNode(), PostgreSqlJobs.NewNode());
        var queue = _queue + "-large";
        var large = new byte[500_000];
        new Random(1).NextBytes(large);
        var ids = Enumerable.Range(0, 40).Select(_ => store.Accept([PostgreSqlJobs.NewJob(queue, large)])[0].Id)
            .ToArray();
        store.RenewOwner(frozen);
        store.RenewOwner(living);
        using var connection = new Npgsql.NpgsqlConnection(shared.Server.ConnectionString + ";Pooling=false");
        connection.Open();
        var call = "SELECT * FROM queue_admission.job_advance_1("
            + $"'{frozen}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{{queue}}}', '{{30}}')";
        using var command = new Npgsql.NpgsqlCommand(call, connection);
        using var unread = command.ExecuteReader();

        var jobs = store.Advance(living, [], [new JobClaim(queue, 100)]).Jobs;

        Assert.Equal(ids[30..], jobs.Select(job => job.Id));
        Assert.All(jobs, job => Assert.Equal(large, job.Payload));
    }

    /// <summary>The program of the other processes. A normal test run does not execute it.</summary>
    [Fact(Explicit = true)]
    public void Node()
    {
        var (server, queue) =
            (Environment.GetEnvironmentVariable(ServerVariable), Environment.GetEnvironmentVariable(QueueVariable));
        Assert.NotNull(server);
        using var store = PostgreSqlJobs.Open(server);
        using var node = new JobNode(store, server, queue!);
        var holds = Environment.GetEnvironmentVariable(HoldsVariable) == "1";
        while (PostgreSqlJobs.CountsOf(store, queue!).Done < Jobs)
        {
            if (holds && node.Running > 0)
            {
                node.Renew();
            }
            else
            {
                node.Step();
            }
        }
        node.Step();
    }

    private QueueAdmission.PostgreSql.PostgreSqlJobStore OpenWithJobs()
    {
        var store = PostgreSqlJobs.Open(shared.Server.ConnectionString);
        shared.Server.Execute(JobNode.CreateTarget(_queue));
        store.Accept(PostgreSqlJobs.NewJobs(_queue, Jobs));
        return store;
    }

    /// <summary>
    /// Opens a store with a separate schema, so that no jobs of other tests' nodes are recovered.
    /// </summary>
    private QueueAdmission.PostgreSql.PostgreSqlJobStore OpenAlone(out string schema)
    {
        var name = schema = $"s{Guid.NewGuid():N}";
        var store = PostgreSqlJobs.Open(shared.Server.ConnectionString, o => o.Schema = name);
        store.Accept(PostgreSqlJobs.NewJobs(_queue, 10));
        return store;
    }

    private void AssertAllDone(IJobStore store, int runsBeyondOne)
    {
        var counts = PostgreSqlJobs.CountsOf(store, _queue);
        PostgreSqlJobs.CheckEquation(counts);
        Assert.Equal((Jobs, Jobs, 0), (counts.Accepted, counts.Done, counts.Dead));
        var target = shared.Server.Query(
            $"SELECT count(DISTINCT id)::text || ' ' || count(id)::text FROM {JobNode.TargetOf(_queue)}")[0].Split(' ');
        Assert.Equal($"{Jobs}", target[0]);
        Assert.InRange(
            int.Parse(target[1], System.Globalization.CultureInfo.InvariantCulture), Jobs, Jobs + runsBeyondOne);
    }

    /// <param name="holds">
    /// Whether the process keeps the first jobs that it claims, and ends them only after all other jobs are done.
    /// </param>
    private ServerProcess StartNode(bool holds = false) => ServerProcess.Start(
        "env",
        $"{ServerVariable}={shared.Server.ConnectionString}",
        $"{QueueVariable}={_queue}",
        $"{HoldsVariable}={(holds ? 1 : 0)}",
        Path.Combine(
            AppContext.BaseDirectory,
            Path.GetFileNameWithoutExtension(typeof(PostgreSqlJobNodeTests).Assembly.Location)),
        "-explicit",
        "only",
        "-method",
        $"{typeof(PostgreSqlJobNodeTests).FullName}.{nameof(Node)}");
}
