using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>Tests servers that are killed and a standby that is promoted.</summary>
public sealed class PostgreSqlServerTests
{
    private readonly LeaseStoreKey _key = Documents.NewKey();

    [Fact]
    public void Read_ServerWasKilledAndComesBack_AnswersWithAnotherIdentityAndTheDocument()
    {
        using var server = PostgresServer.Start();
        using var store = PostgreSqlStores.Open(server.ConnectionString);
        using var ears = new SignalEars(store, _key.Cluster);
        Assert.True(store.Write(_key, "a.1"));
        var before = store.Read(_key);

        server.Kill();
        Assert.Equal(LeaseStoreProblem.Unreachable, Eventually.Fails(store, _key).Problem);
        server.StartAgain();

        var after = Eventually.Reads(store, _key);
        Assert.Equal("a.1", after.Version);
        Assert.NotEqual(before.Identity, after.Identity);
        Assert.False(store.TryWrite(_key, before, Documents.NewWrite("a.2"), out _));
        ears.WaitForConnection(2);
        Assert.True(store.Write(_key, "a.3", "hungry"));
        ears.WaitFor("hungry");
    }

    [Fact]
    public void Read_PrimaryIsKilledAndTheStandbyPromoted_FollowsWithAnotherIdentity()
    {
        using var primary = PostgresServer.Start();
        using var standby = primary.StartStandby();
        using var store = PostgreSqlStores.Open(
            $"Host=127.0.0.1:{standby.Port},127.0.0.1:{primary.Port};Database=postgres;"
            + $"Username=postgres;Password={PostgresServer.Password}");
        using var onStandby = PostgreSqlStores.Open(standby.ConnectionString);
        Assert.True(store.Write(_key, "a.1"));
        var before = store.Read(_key);
        Assert.Equal(
            LeaseStoreProblem.Unusable, Assert.Throws<LeaseStoreException>(() => onStandby.Read(_key)).Problem);
        primary.Execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
        primary.Execute("SELECT pg_reload_conf()");
        Eventually.Writes(store, _key, Guid.NewGuid().ToString("N"));
        var last = store.Read(_key).Version;

        primary.Kill();
        standby.Promote();

        var after = Eventually.Reads(store, _key);
        Assert.Equal(last, after.Version);
        Assert.NotEqual(before.Identity, after.Identity);
        // The standby did not restart when it was promoted, so only the timeline shows the promotion.
        var timelines = (Before: before.Identity.Split('.')[1], After: after.Identity.Split('.')[1]);
        Assert.NotEqual(timelines.Before, timelines.After);
        var outdated = new LeaseStoreReading
        {
            Version = last,
            Document = default,
            Time = before.Time,
            Identity = before.Identity,
        };
        Assert.False(store.TryWrite(_key, outdated, Documents.NewWrite("b.1"), out _));
        Assert.Equal(after.Identity, Eventually.Reads(onStandby, _key).Identity);
    }
}
