using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.Redis;

public sealed class RedisTlsTests
{
    private readonly LeaseStoreKey _key = Documents.NewKey();

    [Fact]
    public void Store_CertificateIsTrustedAndNamesTheHost_Works()
    {
        using var files = new CertificateFiles("localhost");
        using var server = RedisServer.StartTls(files.Certificate, files.Key);
        using var store = RedisStores.Open($"localhost:{server.Port},ssl=true", files.Trusting);
        using var ears = new SignalEars(store, _key.Cluster);

        Assert.True(store.Write(_key, "a.1", "hungry"));

        Assert.Equal("a.1", store.Read(_key).Version);
        ears.WaitFor("hungry");
    }

    [Fact]
    public void Store_CertificateNamesTheSslHost_Works()
    {
        using var files = new CertificateFiles("redis.internal");
        using var server = RedisServer.StartTls(files.Certificate, files.Key);
        using var store = RedisStores.Open($"{server.Address},ssl=true,sslHost=redis.internal", files.Trusting);

        Assert.True(store.Write(_key, "a.1"));
    }

    [Theory]
    [InlineData(false, "localhost")]
    [InlineData(true, "other.example.com")]
    public void Read_CertificateIsNotTrustedOrOfAnotherHost_IsUnusable(bool isTrusted, string name)
    {
        using var files = new CertificateFiles(name);
        using var server = RedisServer.StartTls(files.Certificate, files.Key);
        using var store = RedisStores.Open($"localhost:{server.Port},ssl=true", isTrusted ? files.Trusting : null);

        var exception = Assert.Throws<LeaseStoreException>(() => store.Read(_key));

        Assert.Equal(LeaseStoreProblem.Unusable, exception.Problem);
        Assert.Contains("TLS", exception.Message, StringComparison.Ordinal);
    }
}
