namespace QueueAdmission;

/// <summary>
/// Partitions that are common to all jobs. Jobs are placed into the partitions in turn, and full partitions are
/// skipped.
/// </summary>
internal sealed class CommonPlaces(IWaiterOwner owner, JobQueueOptions options)
    : PartitionPlaces(owner, options.Partitions)
{
    private int _capacity = options.PartitionCapacity;
    private int _cursor;

    // The number of partitions with room, so that no search is needed to see that all are full.
    private int _withRoom = options.PartitionCapacity > 0 ? options.Partitions : 0;

    public override bool AreByKey => false;

    public override bool HasRoom => _withRoom > 0;

    public override void Configure(JobQueueOptions options)
    {
        _capacity = options.PartitionCapacity;
        _withRoom = All.Count(partition => partition.Count < _capacity);
    }

    /// <summary>
    /// Takes over the lines of a plain queue, with their waiters. The next newcomer is placed as in the plain queue.
    /// </summary>
    public void Adopt(IReadOnlyList<Line> lines, int priorityClass, int cursor)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            All[i].Adopt(priorityClass, lines[i]);
            AddTaken(lines[i].Count);
        }
        _cursor = cursor;
        _withRoom = All.Count(partition => partition.Count < _capacity);
    }

    public override bool HasRoomFor(JobRecord job) => HasRoom;

    public override Partition Choose(JobRecord job)
    {
        while (All[_cursor].Count >= _capacity)
            Advance();
        return NextInTurn();
    }

    public override Partition ChooseAgain(JobRecord job) => NextInTurn();

    public override int CountBefore(JobRecord job, int priorityClass) => 0;

    public override void Take(Partition partition)
    {
        base.Take(partition);
        if (partition.Count == _capacity)
            _withRoom--;
    }

    public override void Free(Partition partition)
    {
        base.Free(partition);
        if (partition.Count == _capacity - 1)
            _withRoom++;
    }

    private Partition NextInTurn()
    {
        var partition = All[_cursor];
        Advance();
        return partition;
    }

    private void Advance() => _cursor = _cursor + 1 == All.Count ? 0 : _cursor + 1;
}
