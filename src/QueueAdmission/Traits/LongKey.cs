using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace QueueAdmission;

/// <summary>Bounds what a key may take of memory while its request waits: a client can send a header of many kilobytes.</summary>
internal static class LongKey
{
    public const int LongestKept = 128;

    // As with addresses: no text that came as UTF-8 begins with it.
    private const char Hashed = '\uDC00';

    /// <summary>The key itself, its hash if it is long, or null if it is empty.</summary>
    /// <remarks>SHA-256, because with a weaker hash a client could make up a key that is taken for somebody else's.</remarks>
    public static string? Shorten(string? key)
    {
        if (string.IsNullOrEmpty(key))
            return null;
        if (key.Length <= LongestKept)
            return key;
        Span<char> hash = stackalloc char[1 + (SHA256.HashSizeInBytes / sizeof(char))];
        hash[0] = Hashed;
        SHA256.HashData(MemoryMarshal.AsBytes(key.AsSpan()), MemoryMarshal.AsBytes(hash[1..]));
        return new string(hash);
    }
}
