using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using QueueAdmission.Redis;
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
        using var store = RedisStores.Open($"localhost:{server.Port},ssl=true", Trusting(files));
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
        using var store = RedisStores.Open($"{server.Address},ssl=true,sslHost=redis.internal", Trusting(files));

        Assert.True(store.Write(_key, "a.1"));
    }

    [Theory]
    [InlineData(false, "localhost")]
    [InlineData(true, "other.example.com")]
    public void Read_CertificateIsNotTrustedOrOfAnotherHost_IsUnusable(bool isTrusted, string name)
    {
        using var files = new CertificateFiles(name);
        using var server = RedisServer.StartTls(files.Certificate, files.Key);
        using var store = RedisStores.Open($"localhost:{server.Port},ssl=true", isTrusted ? Trusting(files) : null);

        var exception = Assert.Throws<LeaseStoreException>(() => store.Read(_key));

        Assert.Equal(LeaseStoreProblem.Unusable, exception.Problem);
        Assert.Contains("TLS", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PoolIsStarvedAndTheConnectionWasLost_ConnectsWithTls()
    {
        using var files = new CertificateFiles("localhost");
        using var server = RedisServer.StartTls(files.Certificate, files.Key);

        StarvedPool.Run(() =>
        {
            for (var i = 0; i < 12; i++)
            {
                using var store = RedisStores.Open($"localhost:{server.Port},ssl=true", Trusting(files));
                store.Read(_key);
            }
        });
    }

    private static RedisLeaseStoreOptions Trusting(CertificateFiles files) => new()
    {
        ConfigureTls = tls => tls.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(files.Certificate) },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    private sealed class CertificateFiles : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("queueadmission-tls").FullName;

        public CertificateFiles(string name)
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            File.WriteAllText(Certificate, certificate.ExportCertificatePem());
            File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        }

        public string Certificate => Path.Combine(_folder, "certificate.pem");

        public string Key => Path.Combine(_folder, "key.pem");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
