using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace QueueAdmission;

/// <summary>
/// Limits the memory that a key takes while its request waits. Otherwise a client could send a header of many kilobytes
/// as a key.
/// </summary>
internal static class LongKey
{
    public const int MaxKept = 128;

    // A low surrogate, as in ClientIpKey: no text decoded from UTF-8 begins with one.
    private const char Hashed = '\uDC00';

    /// <summary>
    /// Returns a text with the beginning of the hash, if the key is the hash of a long key. Returns null for other
    /// keys.
    /// </summary>
    public static string? TryShow(string key) => key.Length > 0 && key[0] == Hashed
        ? $"a long key, {Convert.ToHexStringLower(MemoryMarshal.AsBytes(key.AsSpan(1))[..6])}"
        : null;

    /// <summary>Returns the key, or its hash if the key is long. Returns null if the key is null or empty.</summary>
    /// <remarks>
    /// The hash is SHA-256. With a weaker hash, a client could construct a key with the same hash as the key of another
    /// client.
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
