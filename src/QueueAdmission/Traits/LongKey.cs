using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace QueueAdmission;

/// <summary>
/// Limits the memory that a key takes while its request waits. A client can send a header of many kilobytes.
/// </summary>
internal static class LongKey
{
    public const int MaxKept = 128;

    // As in ClientIpKey: no text decoded from UTF-8 begins with half of a surrogate pair.
    private const char Hashed = '\uDC00';

    /// <summary>The beginning of the hash of a long key; null for another key.</summary>
    public static string? TryShow(string key) => key.Length > 0 && key[0] == Hashed
        ? $"a long key, {Convert.ToHexStringLower(MemoryMarshal.AsBytes(key.AsSpan(1))[..6])}"
        : null;

    /// <summary>The key itself, its hash if it is long, or null if it is empty.</summary>
    /// <remarks>
    /// The hash is SHA-256. With a weaker hash, a client could construct a key with the hash of another client's key.
    /// </remarks>
    public static string? Shorten(string? key)
    {
        if (string.IsNullOrEmpty(key))
        {
            return null;
        }
        if (key.Length <= MaxKept)
        {
            return key;
        }
        Span<char> hash = stackalloc char[1 + (SHA256.HashSizeInBytes / sizeof(char))];
        hash[0] = Hashed;
        SHA256.HashData(MemoryMarshal.AsBytes(key.AsSpan()), MemoryMarshal.AsBytes(hash[1..]));
        return new string(hash);
    }
}
