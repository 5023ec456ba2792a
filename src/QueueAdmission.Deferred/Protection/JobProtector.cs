using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace QueueAdmission.Deferred;

/// <summary>Encrypts payloads and results. The first byte indicates whether the rest is encrypted.</summary>
/// <remarks>An application that adds or removes <c>Unprotected</c> can therefore still read its older jobs.</remarks>
internal sealed class JobProtector
{
    private const byte Plain = 0;
    private const byte Protected = 1;

    private readonly IDataProtector? _requests;
    private readonly IDataProtector? _responses;
    private readonly IDataProtector? _tickets;
    private readonly bool _protects;

    /// <param name="provider">Provides the keys. Null if there are none.</param>
    /// <param name="protects">Whether new bytes are encrypted.</param>
    public JobProtector(IDataProtectionProvider? provider, bool protects)
    {
        _requests = provider?.CreateProtector("QueueAdmission.Deferred", "request");
        _responses = provider?.CreateProtector("QueueAdmission.Deferred", "response");
        _tickets = provider?.CreateProtector("QueueAdmission.Deferred", "ticket");
        _protects = protects;
    }

    /// <summary>Writes the keys to the store again if they were lost with the store.</summary>
    public Action RestoreKeys { get; init; } = static () => { };

    public byte[] ProtectRequest(byte[] bytes) => Protect(_requests, bytes);

    public byte[] ProtectResponse(byte[] bytes) => Protect(_responses, bytes);

    /// <exception cref="CryptographicException">The key is missing, or the bytes were changed.</exception>
    public byte[] UnprotectRequest(byte[] bytes) => Unprotect(_requests, bytes);

    /// <exception cref="CryptographicException">The key is missing, or the bytes were changed.</exception>
    public byte[] UnprotectResponse(byte[] bytes) => Unprotect(_responses, bytes);

    /// <summary>
    /// Encrypts a ticket, even with <c>Unprotected</c>. The encryption proves that the ticket was issued by this
    /// application.
    /// </summary>
    public byte[] ProtectTicket(byte[] bytes) => _tickets is null ? throw NoKeys() : _tickets.Protect(bytes);

    /// <exception cref="CryptographicException">The key is missing, or the bytes are not a ticket.</exception>
    public byte[] UnprotectTicket(byte[] bytes) => _tickets is null ? throw NoKeys() : _tickets.Unprotect(bytes);

    private static CryptographicException NoKeys() => new("There are no keys.");

    private byte[] Protect(IDataProtector? protector, byte[] bytes) =>
        _protects && protector is not null ? [Protected, .. protector.Protect(bytes)] : [Plain, .. bytes];

    private static byte[] Unprotect(IDataProtector? protector, byte[] bytes) => bytes switch
    {
        [Plain, .. var plain] => plain,
        [Protected, .. var secret] when protector is not null => protector.Unprotect(secret),
        _ => throw new CryptographicException("The bytes were not written by this application."),
    };
}
