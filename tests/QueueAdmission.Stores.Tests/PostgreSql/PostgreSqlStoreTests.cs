using Microsoft.Extensions.Logging.Testing;
using QueueAdmission.PostgreSql;
using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.PostgreSql;

public sealed class PostgreSqlStoreTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    private readonly LeaseStoreKey _key = Documents.NewKey();

    [Theory]
    [InlineData("postgres", "wrong-one")]
    [InlineData("nobody", "wrong-one")]
    public void Read_CredentialsAreWrong_IsDeniedWithoutThePasswordInTheMessage(string user, string password)
    {
        using var store = PostgreSqlStores.Open(shared.Server.ConnectionStringOf(user, password));

        var exception = Assert.Throws<LeaseStoreException>(() => store.Read(_key));

        Assert.Equal(LeaseStoreProblem.AccessDenied, exception.Problem);
        Assert.Contains("127.0.0.1", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("-one", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PasswordWasRotated_UsesTheNewOne()
    {
        var user = NewUser("first");
        shared.Server.Execute($"GRANT CREATE ON DATABASE postgres TO {user}");
        var password = "first";
        using var store = new PostgreSqlLeaseStore(
            () => shared.Server.ConnectionStringOf(user, password),
            new PostgreSqlLeaseStoreOptions { Schema = user, CallTimeout = TimeSpan.FromSeconds(5) }, new FakeLogger());
        Assert.True(store.Write(_key, "a.1"));

        shared.Server.Execute($"ALTER ROLE {user} PASSWORD 'second'");
        shared.Server.Execute($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{user}'");
        Eventually.FailsWith(store, _key, LeaseStoreProblem.AccessDenied);
        password = "second";

        Assert.Equal("a.1", Eventually.Reads(store, _key).Version);
    }

    [Fact]
    public void Read_AccountMayNotMakeTables_IsDeniedAndNamesTheScript()
    {
        using var store = PostgreSqlStores.Open(
            shared.Server.ConnectionStringOf(NewUser("x"), "x"),
            new PostgreSqlLeaseStoreOptions { Schema = "not_there", CallTimeout = TimeSpan.FromSeconds(5) });

        var exception = Assert.Throws<LeaseStoreException>(() => store.Read(_key));

        Assert.Equal(LeaseStoreProblem.AccessDenied, exception.Problem);
        Assert.Contains("sql/leases.sql", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TableIsMissingAndIsNotToBeMade_IsUnusableUntilTheScriptWasRun()
    {
        using var store = PostgreSqlStores.Open(
            shared.Server.ConnectionString,
            new PostgreSqlLeaseStoreOptions
            {
                Schema = "by_hand",
                CreateSchema = false,
                CallTimeout = TimeSpan.FromSeconds(5),
            });
        var exception = Assert.Throws<LeaseStoreException>(() => store.Read(_key));
        Assert.Equal(LeaseStoreProblem.Unusable, exception.Problem);
        Assert.Contains("sql/leases.sql", exception.Message, StringComparison.Ordinal);

        using var maker = PostgreSqlStores.Open(
            shared.Server.ConnectionString,
            new PostgreSqlLeaseStoreOptions { Schema = "by_hand", CallTimeout = TimeSpan.FromSeconds(5) });
        maker.Read(_key);

        Assert.Null(store.Read(_key).Version);
    }

    [Fact]
    public void Store_AccountHasTheRightsOfTheScript_WorksWithSignals()
    {
        using var owner = PostgreSqlStores.Open(shared.Server.ConnectionString);
        owner.Read(_key);
        var user = NewUser("x");
        shared.Server.Execute($"GRANT USAGE ON SCHEMA queue_admission TO {user}");
        shared.Server.Execute($"GRANT SELECT, INSERT, UPDATE ON queue_admission.leases TO {user}");
        using var store = PostgreSqlStores.Open(
            shared.Server.ConnectionStringOf(user, "x"),
            new PostgreSqlLeaseStoreOptions { CreateSchema = false, CallTimeout = TimeSpan.FromSeconds(5) });
        using var ears = new SignalEars(store, _key.Cluster);

        Assert.True(store.Write(_key, "a.1"));
        Assert.True(store.Write(_key, "a.2", "hungry"));

        ears.WaitFor("hungry");
    }

    [Fact]
    public void Write_AccountMayOnlyRead_IsDenied()
    {
        using var owner = PostgreSqlStores.Open(shared.Server.ConnectionString);
        owner.Read(_key);
        var user = NewUser("x");
        shared.Server.Execute($"GRANT USAGE ON SCHEMA queue_admission TO {user}");
        shared.Server.Execute($"GRANT SELECT ON queue_admission.leases TO {user}");
        using var store = PostgreSqlStores.Open(shared.Server.ConnectionStringOf(user, "x"));
        var reading = store.Read(_key);

        var exception = Assert.Throws<LeaseStoreException>(
            () => store.TryWrite(_key, reading, Documents.NewWrite("a.1"), out _));

        Assert.Equal(LeaseStoreProblem.AccessDenied, exception.Problem);
    }

    [Fact]
    public void Read_TableIsUnlogged_IsUnusable()
    {
        using var maker = PostgreSqlStores.Open(
            shared.Server.ConnectionString,
            new PostgreSqlLeaseStoreOptions { Schema = "fleeting", CallTimeout = TimeSpan.FromSeconds(5) });
        maker.Read(_key);
        shared.Server.Execute("ALTER TABLE fleeting.leases SET UNLOGGED");
        using var store = PostgreSqlStores.Open(
            shared.Server.ConnectionString,
            new PostgreSqlLeaseStoreOptions { Schema = "fleeting", CallTimeout = TimeSpan.FromSeconds(5) });

        var exception = Assert.Throws<LeaseStoreException>(() => store.Read(_key));

        Assert.Equal(LeaseStoreProblem.Unusable, exception.Problem);
        Assert.Contains("ALTER TABLE fleeting.leases SET LOGGED", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TableWasDropped_IsMadeAgain()
    {
        using var store = PostgreSqlStores.Open(
            shared.Server.ConnectionString,
            new PostgreSqlLeaseStoreOptions { Schema = "dropped", CallTimeout = TimeSpan.FromSeconds(5) });
        Assert.True(store.Write(_key, "a.1"));

        shared.Server.Execute("DROP TABLE dropped.leases");

        Assert.Null(Eventually.Reads(store, _key).Version);
    }

    [Fact]
    public void Read_DatabaseDoesNotExist_IsUnusable()
    {
        using var store = PostgreSqlStores.Open(
            shared.Server.ConnectionString.Replace("Database=postgres", "Database=absent", StringComparison.Ordinal));

        Assert.Equal(LeaseStoreProblem.Unusable, Assert.Throws<LeaseStoreException>(() => store.Read(_key)).Problem);
    }

    [Theory]
    [InlineData("off", "on")]
    [InlineData("local", "on")]
    [InlineData("remote_apply", "remote_apply")]
    public void Write_AccountDoesNotWaitForTheDisk_WaitsNevertheless(string byDefault, string expected)
    {
        var user = NewUser("x");
        shared.Server.Execute($"ALTER ROLE {user} SET synchronous_commit = '{byDefault}'");
        var schema = $"watched_{byDefault}";
        using var owner = PostgreSqlStores.Open(
            shared.Server.ConnectionString,
            new PostgreSqlLeaseStoreOptions { Schema = schema, CallTimeout = TimeSpan.FromSeconds(5) });
        owner.Read(_key);
        // A deferred trigger records the setting at the end of each transaction.
        shared.Server.Execute($"""
            CREATE TABLE {schema}.seen (setting text);
            CREATE FUNCTION {schema}.look() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN INSERT INTO {schema}.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER look AFTER INSERT OR UPDATE ON {schema}.leases
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {schema}.look();
            GRANT USAGE ON SCHEMA {schema} TO {user};
            GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {schema} TO {user};
            """);
        using var store = PostgreSqlStores.Open(
            shared.Server.ConnectionStringOf(user, "x"),
            new PostgreSqlLeaseStoreOptions { Schema = schema, CallTimeout = TimeSpan.FromSeconds(5) });

        Assert.True(store.Write(_key, "a.1"));
        Assert.True(store.Write(_key, "a.2"));

        Assert.Equal([expected, expected], shared.Server.Query($"SELECT setting FROM {schema}.seen"));
    }

    [Fact]
    public void Write_DefaultIsolationIsSerializable_LosesNoWrite()
    {
        var user = NewUser("x");
        shared.Server.Execute($"ALTER ROLE {user} SET default_transaction_isolation = 'serializable'");
        shared.Server.Execute($"GRANT CREATE ON DATABASE postgres TO {user}");
        var contract = new QueueAdmission.Testing.LeaseStoreContract(
            () =>
                PostgreSqlStores.Open(
                    shared.Server.ConnectionStringOf(user, "x"),
                    new PostgreSqlLeaseStoreOptions { Schema = "strict", CallTimeout = TimeSpan.FromSeconds(5) }));

        contract.Checks.Single(check => check.Name == "No write is lost under contention").Run();
    }

    [Fact]
    public void Store_ManyNodesStartTogether_TableIsMadeOnce()
    {
        // The server is started on this thread: if no server is installed, only this thread can skip the test.
        var server = shared.Server;
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            using var store = PostgreSqlStores.Open(
                server.ConnectionString,
                new PostgreSqlLeaseStoreOptions { Schema = "crowded", CallTimeout = TimeSpan.FromSeconds(5) });
            try
            {
                store.Read(_key);
            }
            catch (LeaseStoreException exception)
            {
                failures.Enqueue(exception);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Empty(failures);
    }

    [Fact]
    public void Listen_ThroughPgBouncerInTransactionMode_PollsAndSaysSoOnce()
    {
        using var bouncer = new PgBouncer(shared.Server);
        var logger = new FakeLogger();
        using var store = PostgreSqlStores.Open(bouncer.ConnectionString, logger: logger);

        for (var i = 1; i <= 2; i++)
        {
            using var ears = new SignalEars(store, _key.Cluster);
            Assert.True(store.Write(_key, $"a.{i}", $"hungry {i}"));
            ears.WaitFor($"hungry {i}");
        }

        Assert.Equal("PostgreSqlPolls", Assert.Single(logger.Collector.GetSnapshot()).Id.Name);
    }

    private string NewUser(string password)
    {
        var user = $"u{Guid.NewGuid():N}";
        shared.Server.Execute($"CREATE ROLE {user} LOGIN PASSWORD '{password}'");
        return user;
    }
}
