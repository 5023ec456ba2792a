using QueueAdmission.PostgreSql;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>Tests two releases on one schema. The newer release is this release with a further step.</summary>
public sealed class PostgreSqlJobSchemaTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    /// <summary>A step that keeps everything that the older release uses.</summary>
    private const string Compatible = """
        ALTER TABLE queue_admission.job_kept ADD COLUMN note text;

        CREATE FUNCTION queue_admission.job_note_3(p_id uuid) RETURNS text LANGUAGE sql AS
        $$ SELECT note FROM queue_admission.job_kept WHERE id = p_id $$;

        UPDATE queue_admission.job_store SET version = 3;

        """;

    /// <summary>A step after which the older release cannot work.</summary>
    private const string Incompatible = """
        ALTER FUNCTION queue_admission.job_accept_1 RENAME TO job_accept_3;

        UPDATE queue_admission.job_store SET version = 3, oldest = 3;

        """;

    private readonly string _schema = $"s{Guid.NewGuid():N}";
    private readonly string _queue = PostgreSqlJobs.NewQueue();

    [Fact]
    public void Open_ANewerReleaseAddedToTheSchema_TheOlderReleaseGoesOnAndStarts()
    {
        using var older = Open();
        older.Open();
        var first = older.Accept([PostgreSqlJobs.NewJob(_queue)])[0].Id;

        using (var newer = Open([.. JobSchema.Steps, Compatible]))
        {
            newer.Open();
        }

        Assert.Equal(["3"], shared.Server.Query($"SELECT version::text FROM {_schema}.job_store"));
        RunOne(older, first);
        using var again = Open();
        again.Open();
        RunOne(again, again.Accept([PostgreSqlJobs.NewJob(_queue)])[0].Id);
    }

    [Fact]
    public void Accept_ANewerReleaseChangedTheSchema_TheOlderReleaseIsRefusedWithTheReason()
    {
        using var older = Open();
        older.Open();
        var first = older.Accept([PostgreSqlJobs.NewJob(_queue)])[0].Id;

        using (var newer = Open([.. JobSchema.Steps, Incompatible]))
        {
            newer.Open();
        }

        AssertRefused(() => older.Accept([PostgreSqlJobs.NewJob(_queue)]));
        using var again = Open();
        AssertRefused(again.Open);
        Assert.Equal(["1"], shared.Server.Query($"SELECT count(*)::text FROM {_schema}.jobs WHERE id = '{first}'"));
    }

    [Fact]
    public void Open_AStepFails_NothingOfItStays()
    {
        using var older = Open();
        older.Open();
        using var newer = Open([.. JobSchema.Steps, Compatible + "SELECT no_such_function();\n\n"]);

        Assert.Equal(JobStoreProblem.Unusable, Assert.Throws<JobStoreException>(newer.Open).Problem);

        Assert.Equal(["2"], shared.Server.Query($"SELECT version::text FROM {_schema}.job_store"));
        Assert.Empty(shared.Server.Query($"""
            SELECT column_name::text FROM information_schema.columns
            WHERE table_schema = '{_schema}' AND column_name = 'note'
            """));
    }

    [Fact]
    public void Open_ManyNodesStartTogether_TablesAreMadeOnce()
    {
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        // The server is started on this thread: if no server is installed, only this thread can skip the test.
        using var reader = Open();
        var threads = Enumerable.Range(0, 6).Select(_ => new Thread(() =>
        {
            using var store = Open();
            try
            {
                store.Open();
                store.Accept([PostgreSqlJobs.NewJob(_queue)]);
            }
            catch (JobStoreException exception)
            {
                failures.Enqueue(exception);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Empty(failures);
        Assert.Equal(6, PostgreSqlJobs.CountsOf(reader, _queue).Accepted);
    }

    [Fact]
    public void Open_TablesAreMissingAndAreNotToBeMade_IsUnusableUntilTheScriptWasRun()
    {
        using var store = PostgreSqlJobs.Open(
            shared.Server.ConnectionString, o => (o.Schema, o.CreateSchema) = (_schema, false));
        var exception = Assert.Throws<JobStoreException>(store.Open);
        Assert.Equal(JobStoreProblem.Unusable, exception.Problem);
        Assert.Contains("sql/jobs.sql", exception.Message, StringComparison.Ordinal);

        foreach (var script in new[] { "jobs.sql", "jobs-2.sql" })
        {
            using var stream =
                typeof(JobSchema).Assembly.GetManifestResourceStream($"QueueAdmission.PostgreSql.{script}")!;
            using var reader = new StreamReader(stream);
            shared.Server.Execute(reader.ReadToEnd().Replace("queue_admission", _schema, StringComparison.Ordinal));
        }

        store.Open();
        RunOne(store, store.Accept([PostgreSqlJobs.NewJob(_queue)])[0].Id);
    }

    [Fact]
    public void Open_AccountMayNotMakeTables_IsDeniedAndNamesTheScript()
    {
        using var store = PostgreSqlJobs.Open(
            shared.Server.ConnectionStringOf(NewUser(), "x"), o => o.Schema = _schema);

        var exception = Assert.Throws<JobStoreException>(store.Open);

        Assert.Equal(JobStoreProblem.AccessDenied, exception.Problem);
        Assert.Contains("sql/jobs.sql", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Store_AccountHasTheRightsOfTheScript_Works()
    {
        using (var owner = Open())
        {
            owner.Open();
        }
        var user = NewUser();
        shared.Server.Execute($"GRANT USAGE ON SCHEMA {_schema} TO {user}");
        shared.Server.Execute(
            $"GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA {_schema} TO {user}");
        shared.Server.Execute($"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {_schema} TO {user}");
        using var store = PostgreSqlJobs.Open(
            shared.Server.ConnectionStringOf(user, "x"), o => (o.Schema, o.CreateSchema) = (_schema, false),
            partitions: RotatingJobStore.Partitions);

        for (var i = 0; i < 10; i++)
        {
            RunOne(store, store.Accept([PostgreSqlJobs.NewJob(_queue)])[0].Id);
            store.Purge(_queue, TimeSpan.Zero, 10);
            store.RotateNow();
        }
        store.AddKey("<key />");
    }

    private static void AssertRefused(Action call)
    {
        var exception = Assert.Throws<JobStoreException>(call);
        Assert.Equal(JobStoreProblem.Unusable, exception.Problem);
        Assert.Contains("newer release (version 3)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("This release uses version 2", exception.Message, StringComparison.Ordinal);
    }

    private void RunOne(PostgreSqlJobStore store, Guid id)
    {
        var node = PostgreSqlJobs.NewNode();
        store.RenewOwner(node);
        var job = Assert.Single(store.Advance(node, [], [new JobClaim(_queue, 10)]).Jobs);
        Assert.Equal(id, job.Id);
        Assert.True(store.Advance(node, [PostgreSqlJobs.Done(job)], []).Ends[0]);
        Assert.Equal(StoredJobState.Done, store.Find(id)?.State);
    }

    private PostgreSqlJobStore Open(IReadOnlyList<string>? steps = null) =>
        PostgreSqlJobs.Open(shared.Server.ConnectionString, o => o.Schema = _schema, steps: steps);

    private string NewUser()
    {
        var user = $"u{Guid.NewGuid():N}";
        shared.Server.Execute($"CREATE ROLE {user} LOGIN PASSWORD 'x'");
        return user;
    }
}
