using Microsoft.Extensions.Logging.Testing;
using QueueAdmission.Redis;
using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.Redis;

public sealed class RedisServerTests
{
    private readonly LeaseStoreKey _key = Documents.NewKey();

    [Fact]
    public void Read_ServerWasKilledAndComesBackEmpty_AnswersWithAnotherIdentityAndNoDocument()
    {
        using var server = RedisServer.Start();
        using var store = RedisStores.Open(server.Address);
        Assert.True(store.Write(_key, "a.1"));
        var before = store.Read(_key);

        server.Kill();
        Assert.Equal(LeaseStoreProblem.Unreachable, Assert.Throws<LeaseStoreException>(() => store.Read(_key)).Problem);
        server.StartAgain();

        var after = Eventually.Reads(store, _key);
        Assert.Null(after.Version);
        Assert.NotEqual(before.Identity, after.Identity);
        Assert.False(store.TryWrite(_key, before, Documents.NewWrite("a.2"), out _));
    }

    [Fact]
    public void Read_ServerWasKilledAndHasItsData_AnswersWithAnotherIdentityAndTheDocument()
    {
        using var server = RedisServer.Start("--appendonly", "yes", "--appendfsync", "always");
        using var store = RedisStores.Open(server.Address);
        Assert.True(store.Write(_key, "a.1"));
        var before = store.Read(_key);

        server.Kill();
        server.StartAgain();

        var after = Eventually.Reads(store, _key);
        Assert.Equal("a.1", after.Version);
        Assert.NotEqual(before.Identity, after.Identity);
        Assert.False(store.TryWrite(_key, before, Documents.NewWrite("a.2"), out _));
        Assert.True(store.Write(_key, "a.3"));
    }

    [Fact]
    public void Read_ServerIsFrozen_FailsInTimeAndRecovers()
    {
        using var server = RedisServer.Start();
        using var store = RedisStores.Open(
            server.Address, new RedisLeaseStoreOptions { CallTimeout = TimeSpan.FromMilliseconds(200) });
        // A busy machine may need more than the time limit for the first calls.
        Eventually.Writes(store, _key, "a.1");

        server.Signal("STOP");
        Assert.Equal(LeaseStoreProblem.Unreachable, Assert.Throws<LeaseStoreException>(() => store.Read(_key)).Problem);
        Assert.Equal(LeaseStoreProblem.Unreachable, Assert.Throws<LeaseStoreException>(() => store.Read(_key)).Problem);
        server.Signal("CONT");

        Assert.Equal("a.1", Eventually.Reads(store, _key).Version);
    }

    [Fact]
    public void Read_ServerBecameReplicaAndPrimaryAgain_HasAnotherIdentity()
    {
        using var server = RedisServer.Start();
        using var other = RedisServer.Start();
        using var store = RedisStores.Open(server.Address);
        Assert.True(store.Write(_key, "a.1"));
        var before = store.Read(_key);

        server.Send($"REPLICAOF 127.0.0.1 {other.Port}");
        Assert.Equal(LeaseStoreProblem.Unusable, Eventually.Fails(store, _key).Problem);
        Eventually.True(
            () => server.Send("INFO replication").Contains("master_link_status:up", StringComparison.Ordinal),
            () => "The replica does not follow.");
        server.Send("REPLICAOF NO ONE");

        var after = Eventually.Reads(store, _key);
        Assert.Null(after.Version);
        Assert.NotEqual(before.Identity, after.Identity);
    }

    [Fact]
    public void Read_OneOfTwoServersIsAReplica_UsesThePrimary()
    {
        using var primary = RedisServer.Start();
        using var replica = RedisServer.Start("--replicaof", "127.0.0.1", $"{primary.Port}");
        Eventually.True(
            () => replica.Send("INFO replication").Contains("master_link_status:up", StringComparison.Ordinal),
            () => "The replica does not follow.");
        using var direct = RedisStores.Open(primary.Address);
        Assert.True(direct.Write(_key, "a.1"));

        using var store = RedisStores.Open($"{replica.Address},{primary.Address}");

        Assert.Equal(direct.Read(_key).Identity, store.Read(_key).Identity);
        Assert.Equal("a.1", store.Read(_key).Version);
    }

    [Theory]
    [InlineData("password=wrong-one")]
    [InlineData("user=nobody,password=right-one")]
    [InlineData("name=x")]
    public void Read_CredentialsAreWrong_IsDeniedWithoutThePasswordInTheMessage(string options)
    {
        using var server = RedisServer.Start("--requirepass", "right-one");
        using var store = RedisStores.Open($"{server.Address},{options}");

        var exception = Assert.Throws<LeaseStoreException>(() => store.Read(_key));

        Assert.Equal(LeaseStoreProblem.AccessDenied, exception.Problem);
        Assert.Contains(server.Address, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("-one", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PasswordWasRotated_UsesTheNewOne()
    {
        using var server = RedisServer.Start("--requirepass", "first");
        var password = "first";
        using var store = new RedisLeaseStore(
            () => $"{server.Address},password={password}",
            new RedisLeaseStoreOptions { CallTimeout = TimeSpan.FromSeconds(5) },
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Assert.True(store.Write(_key, "a.1"));

        server.Send("CONFIG SET requirepass second", "first");
        server.Send("CLIENT KILL TYPE normal SKIPME yes", "second");
        Assert.Equal(
            LeaseStoreProblem.AccessDenied, Eventually.FailsWith(store, _key, LeaseStoreProblem.AccessDenied).Problem);
        password = "second";

        Assert.Equal("a.1", Eventually.Reads(store, _key).Version);
    }

    [Fact]
    public void Write_AccountLacksRights_IsDenied()
    {
        using var server = RedisServer.Start();
        server.Send("ACL SETUSER shop on >x ~queueadmission:* +eval +info +time +hmget");
        using var store = RedisStores.Open($"{server.Address},user=shop,password=x");
        var reading = store.Read(_key);

        var exception = Assert.Throws<LeaseStoreException>(
            () => store.TryWrite(_key, reading, Documents.NewWrite("a.1"), out _));

        Assert.Equal(LeaseStoreProblem.AccessDenied, exception.Problem);
    }

    [Fact]
    public void Store_AccountHasTheRightsOfTheReadme_WorksWithSignals()
    {
        using var server = RedisServer.Start();
        server.Send(
            "ACL SETUSER shop on >x ~queueadmission:* &queueadmission:* "
            + "+eval +info +time +hmget +hset +pexpire +publish +subscribe +select +wait");
        var logger = new FakeLogger();
        using var store = RedisStores.Open($"{server.Address},user=shop,password=x,defaultDatabase=3", logger: logger);
        using var ears = new SignalEars(store, _key.Cluster);

        Assert.True(store.Write(_key, "a.1", "hungry"));

        ears.WaitFor("hungry");
        Assert.Empty(logger.Collector.GetSnapshot());
    }

    [Fact]
    public void Write_AccountMayNotPublish_WritesAndWarnsOnce()
    {
        using var server = RedisServer.Start();
        server.Send("ACL SETUSER shop on >x ~queueadmission:* resetchannels +eval +info +time +hmget +hset +pexpire");
        var logger = new FakeLogger();
        using var store = RedisStores.Open($"{server.Address},user=shop,password=x", logger: logger);

        Assert.True(store.Write(_key, "a.1", "hungry"));
        Assert.True(store.Write(_key, "a.2", "hungry"));

        Assert.Equal("a.2", store.Read(_key).Version);
        Assert.Equal("RedisMayNotPublish", Assert.Single(logger.Collector.GetSnapshot()).Id.Name);
    }

    [Fact]
    public void Store_ServerMayEvict_WarnsOnceForAServer()
    {
        using var server = RedisServer.Start("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");
        var logger = new FakeLogger();
        using var store = RedisStores.Open(server.Address, logger: logger);
        store.Read(_key);
        server.Kill();
        server.StartAgain();
        Eventually.Reads(store, _key);

        var entry = Assert.Single(logger.Collector.GetSnapshot());
        Assert.Equal("RedisMayEvict", entry.Id.Name);
        Assert.Contains("allkeys-lru", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Store_ServerNeverEvicts_LogsNothing()
    {
        using var server = RedisServer.Start("--maxmemory", "100mb", "--maxmemory-policy", "noeviction");
        var logger = new FakeLogger();
        using var store = RedisStores.Open(server.Address, logger: logger);

        store.Read(_key);

        Assert.Empty(logger.Collector.GetSnapshot());
    }

    [Fact]
    public void Write_DocumentIsNotWrittenAgain_ExpiresAfterItsTime()
    {
        using var server = RedisServer.Start();
        using var store = RedisStores.Open(server.Address);
        var write =
            new LeaseStoreWrite { Version = "a.1", Document = "{}"u8.ToArray(), KeepFor = TimeSpan.FromSeconds(90) };
        Assert.True(store.TryWrite(_key, store.Read(_key), write, out _));

        var left = long.Parse(
            server.Send($"PTTL queueadmission:leases:{_key.Cluster}:{_key.Queue}").Split('\r')[0].TrimStart(':'),
            System.Globalization.CultureInfo.InvariantCulture);

        Assert.InRange(left, 1_000, 90_000);
    }

    [Fact]
    public void Write_NoReplicaConfirms_Fails()
    {
        using var server = RedisServer.Start();
        using var store = RedisStores.Open(
            server.Address,
            new RedisLeaseStoreOptions { ConfirmingReplicas = 1, CallTimeout = TimeSpan.FromSeconds(2) });
        var reading = store.Read(_key);

        var exception = Assert.Throws<LeaseStoreException>(
            () => store.TryWrite(_key, reading, Documents.NewWrite("a.1"), out _));

        Assert.Equal(LeaseStoreProblem.Unusable, exception.Problem);
        Assert.Contains("ConfirmingReplicas is 1", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_AReplicaConfirms_Succeeds()
    {
        using var primary = RedisServer.Start();
        using var replica = RedisServer.Start("--replicaof", "127.0.0.1", $"{primary.Port}");
        Eventually.True(
            () => replica.Send("INFO replication").Contains("master_link_status:up", StringComparison.Ordinal),
            () => "The replica does not follow.");
        using var store = RedisStores.Open(
            primary.Address,
            new RedisLeaseStoreOptions { ConfirmingReplicas = 1, CallTimeout = TimeSpan.FromSeconds(5) });

        Assert.True(store.Write(_key, "a.1"));
    }

    [Fact]
    public void Write_ServerWantsReplicas_IsUnusable()
    {
        using var server = RedisServer.Start("--min-replicas-to-write", "1");
        using var store = RedisStores.Open(server.Address);
        var reading = store.Read(_key);

        var exception = Assert.Throws<LeaseStoreException>(
            () => store.TryWrite(_key, reading, Documents.NewWrite("a.1"), out _));

        Assert.Equal(LeaseStoreProblem.Unusable, exception.Problem);
        Assert.Contains("NOREPLICAS", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DatabasesDiffer_KeepsThemApart()
    {
        using var server = RedisServer.Start();
        using var one = RedisStores.Open(server.Address);
        using var other = RedisStores.Open($"{server.Address},defaultDatabase=1");

        Assert.True(one.Write(_key, "a.1"));

        Assert.Null(other.Read(_key).Version);
    }

    [Fact]
    public void Listen_ServerWasKilled_HearsAgain()
    {
        using var server = RedisServer.Start();
        using var store = RedisStores.Open(server.Address);
        using var ears = new SignalEars(store, _key.Cluster);

        server.Kill();
        server.StartAgain();
        ears.WaitForConnection(2);
        Eventually.Reads(store, _key);
        Assert.True(store.Write(_key, "a.1", "hungry"));

        ears.WaitFor("hungry");
    }
}
