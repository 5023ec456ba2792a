using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace QueueAdmission;

/// <summary>
/// Assigns a few partitions, a hand, to each key by a hash. This is shuffle sharding, as in Kubernetes API Priority and
/// Fairness.
/// </summary>
/// <remarks>
/// <para>Two keys that share some partitions almost never share all of them: there are C(64, 8), over 4 billion, hands
/// of 8 out of 64 partitions. So even if one key fills its whole hand, almost every other key has partitions that this
/// key does not use.</para>
/// <para>The salt is a secret of the process, so that a client cannot find a key that has the same hand as another key.
/// The hash folds a 128-bit product, as wyhash does.</para>
/// </remarks>
internal readonly struct KeyDealer(ulong salt)
{
    /// <summary>The number of partitions in a hand: 8, as in Kubernetes.</summary>
    public const int HandSize = 8;

    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    public static ulong ProcessSalt { get; } =
        BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>Determines the partitions of a key. They are distinct and in ascending order.</summary>
    /// <param name="key">The key.</param>
    /// <param name="partitions">The number of all partitions.</param>
    /// <param name="hand">Receives the partitions. Needs room for <see cref="HandSize"/> partitions.</param>
    /// <returns>
    /// The size of the hand: <see cref="HandSize"/>, or the number of all partitions if that is smaller.
    /// </returns>
    public int Deal(ReadOnlySpan<char> key, int partitions, Span<int> hand)
    {
        var size = Math.Min(HandSize, partitions);
        var random = Hash(key);
        for (var dealt = 0; dealt < size; dealt++)
        {
            random = Fold(random + Multiplier, salt | 1);
            // A random index among the partitions that are not in the hand yet. The loop converts it to the partition's
            // number.
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
