namespace QueueAdmission;

/// <summary>The patience of the clients of single keys. A key has an entry from its first wasted job on.</summary>
/// <remarks>
/// <para><b>Bounded.</b> There are at most 1,024 entries, whatever keys clients send. A hash of the key gives its row
/// of four. In a full row, the entry that does not act and wasted longest ago makes room; if all act, the oldest of
/// them. A wasted job costs its client a turn in the queue, so invented keys replace entries only as fast as the queue
/// works.</para>
/// <para>Guarded by the queue's lock.</para>
/// </remarks>
internal sealed class KeyedPatience
{
    public const int Rows = 256;
    public const int RowSize = 4;

    private readonly Entry?[] _entries = new Entry?[Rows * RowSize];

    public IEnumerable<Entry> All => _entries.OfType<Entry>();

    /// <summary>The entry of a key; null if it has none, or lost it to another key.</summary>
    public Entry? Find(string? key)
    {
        var hash = HashOf(key);
        foreach (var entry in RowOf(hash))
        {
            if (entry?.Hash == hash)
                return entry;
        }
        return null;
    }

    /// <summary>The entry of a key, which is made if there is none.</summary>
    public Entry Open(string? key)
    {
        if (Find(key) is { } known)
            return known;
        var hash = HashOf(key);
        ref var place = ref VictimOf(RowOf(hash));
        return place = new Entry(hash);
    }

    private static ref Entry? VictimOf(Span<Entry?> row)
    {
        var victim = 0;
        for (var i = 1; i < row.Length; i++)
        {
            if (Rank(row[i]).CompareTo(Rank(row[victim])) < 0)
                victim = i;
        }
        return ref row[victim];
    }

    private static (bool IsActing, long LastWasted) Rank(Entry? entry) =>
        entry is null ? (false, long.MinValue) : (entry.Learned.IsActing, entry.Learned.LastWasted);

    // The runtime salts the hash in each process, so a client cannot choose a key with the row of another.
    private static int HashOf(string? key) => key?.GetHashCode(StringComparison.Ordinal) ?? 0;

    private Span<Entry?> RowOf(int hash) => _entries.AsSpan((int)((uint)hash % Rows) * RowSize, RowSize);

    /// <summary>What the queue has learned of one key.</summary>
    internal sealed class Entry(int hash)
    {
        public int Hash { get; } = hash;

        public LearnedPatience Learned { get; } = new();

        /// <summary>The jobs of the key that have started after they waited, since the entry was made.</summary>
        public long Started { get; set; }

        /// <summary>The wasted jobs that also counted for the queue as a whole.</summary>
        public int Shared { get; set; }
    }
}
