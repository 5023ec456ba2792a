using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace QueueAdmission;

/// <summary>
/// Assigns each key a few partitions by a hash. This is shuffle sharding, as in the API Priority and Fairness of
/// Kubernetes.
/// </summary>
/// <remarks>
/// <para>Two keys that share some partitions almost never share all. Out of 64 partitions there are C(64, 8), over 4
/// billion, hands of 8. So a key that fills its own hand leaves partitions to every other key.</para>
/// <para>The salt is a secret of the process, so that a client cannot choose a key with the hand of another. The hash
/// folds a 128-bit product (the step of wyhash).</para>
/// </remarks>
internal readonly struct KeyDealer(ulong salt)
{
    /// <summary>The number of partitions of a key, as in Kubernetes.</summary>
    public const int HandSize = 8;

    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    public static ulong ProcessSalt { get; } =
        BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>The partitions of a key: different ones, in ascending order.</summary>
    /// <param name="key">The key.</param>
    /// <param name="partitions">How many partitions there are.</param>
    /// <param name="hand">Room for <see cref="HandSize"/> partitions.</param>
    /// <returns>How many were dealt: <see cref="HandSize"/>, or all there are.</returns>
    public int Deal(ReadOnlySpan<char> key, int partitions, Span<int> hand)
    {
        var size = Math.Min(HandSize, partitions);
        var random = Hash(key);
        for (var dealt = 0; dealt < size; dealt++)
        {
            random = Fold(random + Multiplier, salt | 1);
            // One of those not yet dealt, counted over the gaps that the dealt ones leave.
            var card = (int)Math.BigMul(random, (ulong)(partitions - dealt), out _);
            var place = 0;
            for (; place < dealt && hand[place] <= card; place++)
                card++;
            hand[place..dealt].CopyTo(hand[(place + 1)..]);
            hand[place] = card;
        }
        return size;
    }

    private ulong Hash(ReadOnlySpan<char> key)
    {
        var hash = salt ^ (ulong)key.Length;
        var bytes = MemoryMarshal.AsBytes(key);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), Multiplier);
        ulong rest = 0;
        foreach (var value in bytes)
            rest = (rest << 8) | value;
        return Fold(hash ^ rest, Multiplier);
    }

    private static ulong Fold(ulong left, ulong right) => Math.BigMul(left, right, out var low) ^ low;
}
