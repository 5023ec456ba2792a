namespace QueueAdmission;

/// <summary>
/// The partitions of fair lines, and their places: which partition a newcomer joins, and whether there is room.
/// </summary>
internal sealed class PartitionPlaces(IWaiterOwner owner, ulong salt)
{
    private readonly KeyDealer _dealer = new(salt);
    private Partition[] _partitions = [];
    private int _cursor;

    // Partitions with room, counted, so that an overflow is decided without a search.
    private int _withRoom;

    public IReadOnlyList<Partition> All => _partitions;

    /// <summary>Whether the partitions belong to keys.</summary>
    public bool AreByKey { get; private set; }

    /// <summary>The places of each partition.</summary>
    public int Capacity { get; private set; }

    /// <summary>Whether any partition has room.</summary>
    public bool HasRoom => _withRoom > 0;

    /// <summary>Makes empty partitions.</summary>
    public void Rebuild(JobQueueOptions options)
    {
        AreByKey = options.PartitionByKey;
        _partitions = [.. Enumerable.Range(0, options.Partitions).Select(index => new Partition(owner, index))];
        _cursor = 0;
        SetCapacity(options.PartitionCapacity);
    }

    public void SetCapacity(int capacity)
    {
        Capacity = capacity;
        _withRoom = _partitions.Count(partition => partition.Count < capacity);
    }

    public bool HasRoomFor(JobRecord job, int period) =>
        AreByKey ? ShortestOfHand(job, period).Count < Capacity : HasRoom;

    /// <summary>The partition for a newcomer for which there is room.</summary>
    public Partition Choose(JobRecord job, int period)
    {
        if (AreByKey)
            return ShortestOfHand(job, period);
        while (_partitions[_cursor].Count >= Capacity)
            Advance();
        return NextInTurn();
    }

    /// <summary>The partition for a waiter that is dealt out again, whether there is room or not.</summary>
    public Partition ChooseAgain(JobRecord job, int period) => AreByKey ? ShortestOfHand(job, period) : NextInTurn();

    /// <summary>A job of a class takes a place.</summary>
    public void Take(Partition partition, int priorityClass)
    {
        partition.Take(priorityClass);
        if (partition.Count == Capacity)
            _withRoom--;
    }

    /// <summary>A job of a class gives its place back.</summary>
    public void Free(Partition partition, int priorityClass)
    {
        partition.Free(priorityClass);
        if (partition.Count == Capacity - 1)
            _withRoom++;
    }

    /// <summary>The partitions that a job's key may use; none where the partitions are common to all.</summary>
    /// <param name="job">The job.</param>
    /// <param name="room">Room for <see cref="KeyDealer.HandSize"/> partitions.</param>
    public ReadOnlySpan<int> HandOf(JobRecord job, Span<int> room) =>
        room[..(AreByKey ? _dealer.Deal(job.Key, _partitions.Length, room) : 0)];

    /// <summary>The shortest partition of the key's hand; of equal ones the one that owes the least.</summary>
    /// <param name="job">The job.</param>
    /// <param name="period">The present busy period.</param>
    public Partition ShortestOfHand(JobRecord job, int period)
    {
        Span<int> hand = stackalloc int[KeyDealer.HandSize];
        Partition? shortest = null;
        foreach (var index in hand[.._dealer.Deal(job.Key, _partitions.Length, hand)])
        {
            var partition = _partitions[index];
            if (shortest is null || partition.Count < shortest.Count
                || (partition.Count == shortest.Count && partition.BalanceIn(period) > shortest.BalanceIn(period)))
                shortest = partition;
        }
        return shortest!;
    }

    public int[] CountByPartition() => Array.ConvertAll(_partitions, partition => partition.Count);

    private Partition NextInTurn()
    {
        var partition = _partitions[_cursor];
        Advance();
        return partition;
    }

    private void Advance() => _cursor = _cursor + 1 == _partitions.Length ? 0 : _cursor + 1;
}
