using QueueAdmission.Testing;

namespace QueueAdmission.Cluster.Stores;

public sealed class InMemoryLeaseStoreTests
{
    private static readonly InMemoryLeaseStore Server = new();

    public static TheoryData<LeaseStoreCheck> Checks =>
        [.. new LeaseStoreContract(Server.Open, OpenUnreachable).Checks];

    [Theory]
    [MemberData(nameof(Checks), DisableDiscoveryEnumeration = true)]
    public void Store_InMemory_KeepsTheContract(LeaseStoreCheck check) => check.Run();

    [Fact]
    public void Restart_LosesData_ChangesTheIdentityAndTheDocumentIsGone()
    {
        var server = new InMemoryLeaseStore();
        using var store = server.Open();
        var key = new LeaseStoreKey("shop", "checkout");
        var before = store.Read(key);
        var write = new LeaseStoreWrite
        {
            Version = "a.1",
            Document = "{}"u8.ToArray(),
            KeepFor = TimeSpan.FromMinutes(1),
        };
        Assert.True(store.TryWrite(key, before, write, out _));

        server.Restart(loseData: true);

        var after = store.Read(key);
        Assert.Null(after.Version);
        Assert.NotEqual(before.Identity, after.Identity);
    }

    private static ILeaseStore OpenUnreachable()
    {
        var server = new InMemoryLeaseStore();
        server.GoAway();
        return server.Open();
    }
}
