using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace QueueAdmission;

/// <summary>Converts the key of a caller to the text that the page shows.</summary>
internal static class CallerName
{
    private const int HashBytes = 6;

    // Without a secret, an address or a known name could be found by hashing all candidates.
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);

    /// <returns>Null for an empty key.</returns>
    public static string? Of(string key, CallerDisplay display) =>
        key.Length == 0 ? null
        : display == CallerDisplay.Hash ? Hash(key)
        : ClientIpKey.TryShow(key) ?? LongKey.TryShow(key) ?? OperatorName.Clean(UserKey.Show(key));

    private static string Hash(string key)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Secret, MemoryMarshal.AsBytes(key.AsSpan()), hash);
        return Convert.ToHexStringLower(hash[..HashBytes]);
    }
}
