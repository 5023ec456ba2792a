using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Npgsql;
using QueueAdmission.PostgreSql;
using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.PostgreSql;

public sealed class PostgreSqlJobStoreTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    private const int Step = 1_000;

    private readonly string _schema = $"s{Guid.NewGuid():N}";
    private readonly string _queue = PostgreSqlJobs.NewQueue();

    [Fact]
    public void RotateNow_JobsAreDone_TheirPayloadsLeaveWithTheirPartition()
    {
        using var store = Open(RotatingJobStore.Partitions);
        store.Accept(PostgreSqlJobs.NewJobs(_queue, 20));
        Turn(store);
        Assert.Equal(20, RowsOf("jobs"));
        RunAll(store);

        Turn(store);

        Assert.Equal(0, RowsOf("jobs"));
        Assert.Equal(20, RowsOf("job_ends"));
        Assert.Equal(20, store.Purge(_queue, TimeSpan.Zero, 100));
        Turn(store);
        Assert.Equal(0, RowsOf("job_ends"));
        Assert.Equal(["0"], shared.Server.Query($"SELECT count(*)::text FROM {_schema}.job_claims"));
        Assert.Equal(20, PostgreSqlJobs.CountsOf(store, _queue).Done);
    }

    [Fact]
    public void RotateNow_AnotherTransactionHasReadAPartition_DoesNotWaitForIt()
    {
        using var store = Open(RotatingJobStore.Partitions);
        store.Accept(PostgreSqlJobs.NewJobs(_queue, 5));
        RunAll(store);
        using (var reader = Hold($"SELECT count(*) FROM {_schema}.jobs"))
        {
            Turn(store);
            Assert.Equal(5, RowsOf("jobs"));
            store.Accept(PostgreSqlJobs.NewJobs(_queue, 5));
            RunAll(store);
        }

        Turn(store);

        Assert.Equal(0, RowsOf("jobs"));
    }

    [Fact]
    public void RotateNow_AQueueIsNotRun_TheJobsOfOthersLeaveNevertheless()
    {
        using var store = Open(RotatingJobStore.Partitions);
        var paused = PostgreSqlJobs.NewQueue();
        var random = new Random(1);
        List<Guid> waiting = [];
        for (var i = 0; i < 60; i++)
        {
            // The payload cannot be compressed, so each round fills some pages.
            var payload = new byte[1_500];
            random.NextBytes(payload);
            if (i < 10)
            {
                // Each partition gets a job that waits.
                waiting.AddRange(store.Accept([PostgreSqlJobs.NewJob(paused, payload)]).Select(job => job.Id));
            }
            store.Accept([.. Enumerable.Range(0, 20).Select(_ => PostgreSqlJobs.NewJob(_queue, payload))]);
            RunAll(store);
            Turn(store);
        }

        // A partition is emptied if waiting jobs take at most an eighth of its size. The current partition holds up to
        // a quarter of all rows.
        Assert.InRange(RowsOf("jobs"), 10, 300);
        var node = PostgreSqlJobs.NewNode();
        store.RenewOwner(node);
        Assert.Equal(waiting, store.Advance(node, [], [new JobClaim(paused, 100)]).Jobs.Select(job => job.Id));
    }

    /// <summary>
    /// While a transaction is held open, dead rows cannot be removed. A store that scanned them would read more each
    /// time.
    /// </summary>
    [Fact]
    public void Advance_ATransactionIsHeldOpenBeside_ReadsNoMoreBlocksForEachJob()
    {
        RunMany();
        using var held = Hold("SELECT 1");
        var first = BlocksOf(RunMany);
        for (var i = 0; i < 8; i++)
        {
            RunMany();
        }
        // According to the statistics the tables are empty, so the server may prefer to scan a whole index.
        shared.Server.Execute($"ANALYZE {_schema}.job_claims; ANALYZE {_schema}.job_kept");

        var last = BlocksOf(RunMany);

        Assert.True(last < first * 1.25, $"{Step} jobs read {first} blocks at first, and {last} blocks later.");
    }

    [Theory]
    [InlineData("off", "on")]
    [InlineData("local", "on")]
    [InlineData("remote_apply", "remote_apply")]
    public void Store_AccountDoesNotWaitForTheDisk_WaitsNevertheless(string byDefault, string expected)
    {
        using (var owner = Open())
        {
            owner.Open();
        }
        var user = NewUser($"SET synchronous_commit = '{byDefault}'");
        // A deferred trigger records the setting at the end of each transaction.
        shared.Server.Execute($"""
            CREATE TABLE {_schema}.seen (setting text);
            CREATE FUNCTION {_schema}.look() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN INSERT INTO {_schema}.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER look AFTER INSERT ON {_schema}.job_tails
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {_schema}.look();
            CREATE CONSTRAINT TRIGGER look AFTER INSERT ON {_schema}.job_heads
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {_schema}.look();
            CREATE CONSTRAINT TRIGGER look AFTER INSERT ON {_schema}.job_keys
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {_schema}.look();
            GRANT USAGE ON SCHEMA {_schema} TO {user};
            GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA {_schema} TO {user};
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA {_schema} TO {user};
            """);
        using var store = PostgreSqlJobs.Open(shared.Server.ConnectionStringOf(user, "x"), o => o.Schema = _schema);

        store.Accept([PostgreSqlJobs.NewJob(_queue), PostgreSqlJobs.NewJob(_queue)]);
        store.Cancel(store.Accept([PostgreSqlJobs.NewJob(_queue)])[0].Id);
        RunAll(store);
        store.Purge(_queue, TimeSpan.Zero, 10);
        store.AddKey("<key />");

        Assert.Equal([expected], shared.Server.Query($"SELECT DISTINCT setting FROM {_schema}.seen"));
    }

    [Fact]
    public void Accept_DefaultIsolationIsSerializable_IsUnusableAndNamesTheRemedy()
    {
        var user = NewUser("SET default_transaction_isolation = 'serializable'");
        shared.Server.Execute($"GRANT CREATE ON DATABASE postgres TO {user}");
        using var store = PostgreSqlJobs.Open(shared.Server.ConnectionStringOf(user, "x"), o => o.Schema = _schema);

        var exception = Assert.Throws<JobStoreException>(() => store.Accept([PostgreSqlJobs.NewJob(_queue)]));

        Assert.Equal(JobStoreProblem.Unusable, exception.Problem);
        Assert.Contains("ALTER ROLE", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_CredentialsAreWrong_IsDeniedWithoutThePasswordInTheMessage()
    {
        using var store = PostgreSqlJobs.Open(shared.Server.ConnectionStringOf("postgres", "wrong-one"));

        var exception = Assert.Throws<JobStoreException>(store.Open);

        Assert.Equal(JobStoreProblem.AccessDenied, exception.Problem);
        Assert.DoesNotContain("-one", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Store_OptionsAreOutOfRange_NamesAll()
    {
        var exception = Assert.Throws<OptionsValidationException>(
            () => PostgreSqlJobs.Open("", o => (o.CallTimeout, o.Schema) = (TimeSpan.FromSeconds(61), "A")));

        Assert.Equal(3, exception.Failures.Count());
        Assert.Contains("allowed is 00:00:01 to 00:01:00", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accept_TextsHaveCharactersThatPostgreSqlCannotHold_AreKept()
    {
        using var store = Open();
        var queue = "a\0b\ud800c\ue000\U0001f600";
        var id = store.Accept([PostgreSqlJobs.NewJob(queue), PostgreSqlJobs.NewJob(queue)])[0].Id;
        var node = PostgreSqlJobs.NewNode();
        store.RenewOwner(node);

        var job = store.Advance(node, [], [new JobClaim(queue, 1)]).Jobs[0];

        Assert.Equal((id, queue), (job.Id, job.Queue));
        var end = new JobEnd { Id = id, Queue = queue, Claim = job.Claim, Kind = JobEndKind.Dead, Reason = "x\0y" };
        Assert.True(store.Advance(node, [end], []).Ends[0]);
        Assert.Equal("x\0y", store.Find(id)?.Reason);
        Assert.Equal(2, PostgreSqlJobs.CountsOf(store, queue).Accepted);
    }

    [Fact]
    public void Accept_AnIdOfTheGroupIsGivenWithOtherKeys_EachJobIsDecidedInOrder()
    {
        using var store = Open();
        byte[] one = [1], two = [2];
        var first = PostgreSqlJobs.NewJob(_queue, idempotencyKey: one);
        store.Accept([first]);
        AcceptedJob Again(Guid id, byte[] key) => new()
        {
            Id = id,
            Queue = _queue,
            Route = "",
            Payload = [],
            AcceptedAt = default,
            MaxWaiting = 10,
            IdempotencyKey = key,
        };
        var (second, third) = (Guid.NewGuid(), Guid.NewGuid());

        var result = store.Accept([Again(first.Id, two), Again(second, two), Again(third, two), Again(second, one)]);

        Assert.Equal(
            [
                new JobAcceptance(JobAcceptanceStatus.Duplicate, first.Id),
                new JobAcceptance(JobAcceptanceStatus.Accepted, second),
                new JobAcceptance(JobAcceptanceStatus.Duplicate, second),
                new JobAcceptance(JobAcceptanceStatus.Duplicate, first.Id),
            ],
            result);
        Assert.Equal(2, PostgreSqlJobs.CountsOf(store, _queue).Accepted);
    }

    [Fact]
    public void UsePostgreSql_OnTheBuilder_MakesAStoreWithItsSettings()
    {
        var builder = new Builder();
        Assert.Same(builder, builder.UsePostgreSql(shared.Server.ConnectionString, o => o.Schema = _schema));
        using var store = builder.Create!(new ServiceCollection().BuildServiceProvider());

        store.Open();

        Assert.Equal("postgresql", store.Name);
        Assert.Equal(
            [$"{JobSchema.Steps.Count}"], shared.Server.Query($"SELECT version::text FROM {_schema}.job_store"));
    }

    [Fact]
    public void Listen_ThroughPgBouncerInTransactionMode_PollsAndSaysSoOnce()
    {
        using var bouncer = new PgBouncer(shared.Server);
        var logger = new FakeLogger();
        using var store = PostgreSqlJobs.Open(bouncer.ConnectionString, o => o.Schema = _schema, logger);
        for (var i = 0; i < 2; i++)
        {
            using var stop = new CancellationTokenSource();
            using var heard = new AutoResetEvent(initialState: false);
            var listening = new Thread(() => store.Listen(() => heard.Set(), stop.Token));
            listening.Start();
            Assert.True(heard.WaitOne(TimeSpan.FromSeconds(30)));
            store.Accept([PostgreSqlJobs.NewJob(_queue)]);
            Assert.True(heard.WaitOne(TimeSpan.FromSeconds(30)));
            stop.Cancel();
            listening.Join();
        }

        Assert.Equal("PostgreSqlJobsPolled", Assert.Single(logger.Collector.GetSnapshot()).Id.Name);
    }

    private static void Turn(PostgreSqlJobStore store)
    {
        for (var i = 0; i < 3; i++)
        {
            store.RotateNow();
        }
    }

    /// <summary>
    /// Runs jobs with a separate store, because a connection reports its read blocks when it is closed.
    /// </summary>
    private void RunMany()
    {
        using var store = Open();
        store.Accept(PostgreSqlJobs.NewJobs(_queue, Step));
        RunAll(store, 20);
    }

    private void RunAll(PostgreSqlJobStore store, int batch = 100)
    {
        var node = PostgreSqlJobs.NewNode();
        store.RenewOwner(node);
        IReadOnlyList<ClaimedJob> jobs = [];
        do
        {
            jobs = store.Advance(node, [.. jobs.Select(PostgreSqlJobs.Done)], [new JobClaim(_queue, batch)]).Jobs;
        }
        while (jobs.Count > 0);
        store.ResignOwner(node);
    }

    /// <summary>
    /// Returns the number of blocks of the store's tables and indexes that the work reads, from memory or disk.
    /// </summary>
    private long BlocksOf(Action work)
    {
        var before = Blocks();
        work();
        return Blocks() - before;
    }

    private long Blocks()
    {
        var sums = new List<string>();
        Eventually.True(
            () =>
            {
                sums.Add(shared.Server.Query($"""
                    SELECT coalesce(sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit), 0)::bigint::text
                    FROM pg_statio_user_tables WHERE schemaname = '{_schema}'
                    """)[0]);
                return sums.Count > 2 && sums[^1] == sums[^2] && sums[^2] == sums[^3];
            },
            () => "The statistics do not settle.");
        return long.Parse(sums[^1], CultureInfo.InvariantCulture);
    }

    private long RowsOf(string table) =>
        long.Parse(
            shared.Server.Query($"SELECT count(*)::text FROM {_schema}.{table}")[0], CultureInfo.InvariantCulture);

    private NpgsqlConnection Hold(string statement)
    {
        var connection = new NpgsqlConnection(shared.Server.ConnectionString + ";Pooling=false");
        connection.Open();
        using var begin = new NpgsqlCommand("BEGIN ISOLATION LEVEL REPEATABLE READ", connection);
        begin.ExecuteNonQuery();
        using var command = new NpgsqlCommand(statement, connection);
        command.ExecuteScalar();
        return connection;
    }

    private string NewUser(string setting)
    {
        var user = $"u{Guid.NewGuid():N}";
        shared.Server.Execute($"CREATE ROLE {user} LOGIN PASSWORD 'x'");
        shared.Server.Execute($"ALTER ROLE {user} {setting}");
        return user;
    }

    private PostgreSqlJobStore Open(JobPartitions? partitions = null) =>
        PostgreSqlJobs.Open(shared.Server.ConnectionString, o => o.Schema = _schema, partitions: partitions);

    private sealed class Builder : IDeferredJobsBuilder
    {
        public Func<IServiceProvider, IJobStore>? Create { get; private set; }

        public IServiceCollection Services { get; } = new ServiceCollection();

        public IDeferredJobsBuilder UseStore(Func<IServiceProvider, IJobStore> create)
        {
            Create = create;
            return this;
        }

        public IDeferredJobsBuilder UseIntake(Func<IServiceProvider, IJobIntake> create) =>
            throw new NotSupportedException();
    }
}
