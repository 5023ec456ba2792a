using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using QueueAdmission.Redis;

namespace QueueAdmission.Stores.Redis;

/// <summary>A self-signed certificate, and options that trust it.</summary>
internal sealed class CertificateFiles : IDisposable
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
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
    }

    public string Certificate => Path.Combine(_folder, "certificate.pem");

    public string Key => Path.Combine(_folder, "key.pem");

    /// <summary>
    /// Options that trust only this certificate, set with <c>ConfigureTls</c> as in an application.
    /// </summary>
    public RedisLeaseStoreOptions Trusting => new()
    {
        CallTimeout = TimeSpan.FromSeconds(5),
        ConfigureTls = tls => tls.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(Certificate) },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
