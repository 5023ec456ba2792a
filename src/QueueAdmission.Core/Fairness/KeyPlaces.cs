namespace QueueAdmission;

/// <summary>
/// Partitions that belong to keys. A key that gets a waiter is given a separate partition, as long as one is free. A
/// further key uses the partitions of other keys: each of its jobs joins the shortest of the few partitions that a hash
/// assigns to the key.
/// </summary>
/// <remarks>
/// <para>A client can therefore gain only a limited advantage by inventing keys. Its keys get no more turns than there
/// are partitions, and a key that has a separate partition keeps its turn.</para>
/// <para>The number of waiters is limited for the whole queue and for each key, not for each partition.</para>
/// </remarks>
internal sealed class KeyPlaces : PartitionPlaces
{
    private readonly KeyDealer _dealer;
    private readonly KeyBook _book;
    private readonly Stack<Partition> _free;

    public KeyPlaces(IWaiterOwner owner, JobQueueOptions options, KeyBook book, ulong salt)
        : base(owner, options.Partitions)
    {
        _book = book;
        _dealer = new KeyDealer(salt);
        _free = new Stack<Partition>(All.Reverse());
        Configure(options);
    }

    public override bool AreByKey => true;

    public override bool HasRoom => Waiting < Max;

    /// <summary>The maximum number of waiting jobs.</summary>
    public int Max { get; private set; }

    /// <summary>The maximum number of waiting jobs of one key.</summary>
    public int MaxPerKey { get; private set; }

    public override void Configure(JobQueueOptions options) =>
        (Max, MaxPerKey) = (options.Places, options.PlacesPerKey);

    public override bool HasRoomFor(JobRecord job) => HasRoom && HasRoomForKeyOf(job);

    public bool HasRoomForKeyOf(JobRecord job) => (_book.Find(job)?.Waiting ?? 0) < MaxPerKey;

    public override Partition Choose(JobRecord job)
    {
        var account = job.Account!;
        if (account.Partition is { } own)
            return own;
        if (!_free.TryPop(out var partition))
            return ShortestCandidate(job);
        partition.Owner = account;
        account.Partition = partition;
        return partition;
    }

    public override Partition ChooseAgain(JobRecord job) => Choose(job);

    public override int CountBefore(JobRecord job, int priorityClass)
    {
        var partition = _book.Find(job)?.Partition ?? (_free.Count > 0 ? null : ShortestCandidate(job));
        return partition?.FindLine(priorityClass)?.Count ?? 0;
    }

    public override void Free(Partition partition)
    {
        base.Free(partition);
        if (partition.Count > 0)
            return;
        partition.Owner!.Partition = null;
        partition.Owner = null;
        _free.Push(partition);
    }

    private Partition ShortestCandidate(JobRecord job)
    {
        Span<int> hand = stackalloc int[KeyDealer.HandSize];
        Partition? shortest = null;
        foreach (var index in hand[.._dealer.Deal(job.Key, All.Count, hand)])
        {
            if (shortest is null || All[index].Count < shortest.Count)
                shortest = All[index];
        }
        return shortest!;
    }
}
