using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.Redis;

/// <summary>
/// Tests the store while the thread pool is starved, which is why it uses no client library. See RedisLeaseStore.
/// </summary>
[Collection(StarvedPool.Collection)]
public sealed class StarvedPoolTests
{
    [Fact]
    public void Read_PoolIsStarvedAndTheConnectionIsOpen_AllCallsSucceed()
    {
        using var server = RedisServer.Start();
        using var store = RedisStores.Open(server.Address);
        var key = Documents.NewKey();
        store.Read(key);

        StarvedPool.Run(() =>
        {
            for (var i = 0; i < 12; i++)
            {
                Assert.True(store.Write(key, $"a.{i}"));
            }
        });
    }

    [Fact]
    public void Read_PoolIsStarvedAndTheConnectionIsMadeByName_AllCallsSucceed()
    {
        using var server = RedisServer.Start();
        var key = Documents.NewKey();

        StarvedPool.Run(() =>
        {
            for (var i = 0; i < 12; i++)
            {
                using var store = RedisStores.Open($"localhost:{server.Port}");
                Assert.True(store.Write(key, $"a.{i}"));
            }
        });
    }

    [Fact]
    public void Listen_PoolIsStarved_HearsSignals()
    {
        using var server = RedisServer.Start();
        var key = Documents.NewKey();

        StarvedPool.Run(() =>
        {
            using var store = RedisStores.Open(server.Address);
            using var ears = new SignalEars(store, key.Cluster);
            Assert.True(store.Write(key, "a.1", "hungry"));
            ears.WaitFor("hungry");
        });
    }

    [Fact]
    public void Read_PoolIsStarvedAndTheConnectionWasLost_ConnectsWithTls()
    {
        using var files = new CertificateFiles("localhost");
        using var server = RedisServer.StartTls(files.Certificate, files.Key);
        var key = Documents.NewKey();

        StarvedPool.Run(() =>
        {
            for (var i = 0; i < 12; i++)
            {
                using var store = RedisStores.Open($"localhost:{server.Port},ssl=true", files.Trusting);
                store.Read(key);
            }
        });
    }
}
