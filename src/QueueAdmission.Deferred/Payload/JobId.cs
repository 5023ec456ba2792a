using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace QueueAdmission.Deferred;

/// <summary>
/// Creates the ids of jobs. They are UUIDs of version 7 (RFC 9562), so that a store appends them in chronological
/// order.
/// </summary>
/// <remarks>
/// <para>The last 32 bits are a mark of the caller. A status endpoint can therefore decide in every state of the job
/// whether the job belongs to the requesting caller, even if the payload has already been removed. The id also has 41
/// random bits, which keep it unique within one millisecond.</para>
/// <para>The id of an anonymous caller's job has no mark but 73 random bits, and whoever knows the id has access to the
/// job. One bit of the id shows whether it has a mark.</para>
/// </remarks>
internal static class JobId
{
    private const byte OwnedBit = 0x20;
    private const int MarkAt = 12;

    /// <param name="now">The time of acceptance.</param>
    /// <param name="owner">The hash of the caller's identity; empty for an anonymous caller.</param>
    public static Guid Create(DateTimeOffset now, ReadOnlySpan<byte> owner)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[6..]);
        var milliseconds = now.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(milliseconds >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)milliseconds);
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x1F));
        if (owner.Length > 0)
        {
            bytes[8] |= OwnedBit;
            MarkOf(bytes[..MarkAt], owner).CopyTo(bytes[MarkAt..]);
        }
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>
    /// Returns whether the caller has access to the job. An id without a mark gives access to everyone. An id with a
    /// mark gives access to its owner. Another caller gets access only by chance, with a probability of 1 in 4 billion.
    /// </summary>
    /// <param name="id">The id of the job.</param>
    /// <param name="owner">The hash of the requesting caller's identity; empty for an anonymous caller.</param>
    public static bool BelongsTo(Guid id, ReadOnlySpan<byte> owner)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        if ((bytes[8] & OwnedBit) == 0)
        {
            return true;
        }
        return owner.Length > 0
            && CryptographicOperations.FixedTimeEquals(MarkOf(bytes[..MarkAt], owner), bytes[MarkAt..]);
    }

    /// <summary>Returns the time of acceptance with millisecond precision.</summary>
    public static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16);
    }

    public static string ToText(Guid id) => id.ToString("N", CultureInfo.InvariantCulture);

    public static bool TryParse(string? text, out Guid id) => Guid.TryParseExact(text, "N", out id);

    private static byte[] MarkOf(ReadOnlySpan<byte> random, ReadOnlySpan<byte> owner)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. random, .. owner], hash);
        return hash[..(16 - MarkAt)].ToArray();
    }
}
