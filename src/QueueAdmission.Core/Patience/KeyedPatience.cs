namespace QueueAdmission;

/// <summary>
/// The learned patience of the clients of each key. A key gets an entry with its first wasted job. A job is wasted if
/// its client left while the job held a worker.
/// </summary>
/// <remarks>
/// <para><b>Bounded.</b> There are at most 1,024 entries, whatever keys clients send. A hash of the key selects one of
/// 256 rows, with four entries each. If the row is full, one entry is replaced: among those that do not refuse
/// requests, the one whose last wasted job is the oldest. If all four refuse requests, the choice is among them. A
/// wasted job costs its client a turn in the queue. Invented keys can therefore replace entries only as fast as the
/// queue works.</para>
/// <para>Guarded by the queue's lock.</para>
/// </remarks>
internal sealed class KeyedPatience
{
    public const int Rows = 256;
    public const int RowSize = 4;

    private readonly Entry?[] _entries = new Entry?[Rows * RowSize];

    public IEnumerable<Entry> All => _entries.OfType<Entry>();

    /// <summary>Returns the entry of a key. Null if the key has no entry, or if another key has replaced it.</summary>
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

    /// <summary>Returns the entry of a key, and creates it if there is none.</summary>
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

    // The runtime uses a random salt per process, so a client cannot choose a key that falls into the row of another
    // key.
    private static int HashOf(string? key) => key?.GetHashCode(StringComparison.Ordinal) ?? 0;

    private Span<Entry?> RowOf(int hash) => _entries.AsSpan((int)((uint)hash % Rows) * RowSize, RowSize);

    /// <summary>The data that the queue has learned about one key.</summary>
    internal sealed class Entry(int hash)
    {
        public int Hash { get; } = hash;

        public LearnedPatience Learned { get; } = new();

        /// <summary>
        /// The number of jobs of the key that have started after a wait, since the entry was created.
        /// </summary>
        public long Started { get; set; }

        /// <summary>The number of the key's wasted jobs that also counted for the queue as a whole.</summary>
        public int Shared { get; set; }
    }
}
