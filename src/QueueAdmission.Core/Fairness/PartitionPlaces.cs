namespace QueueAdmission;

/// <summary>
/// The partitions of fair lines, and their places: which partition a newcomer joins, and whether there is room.
/// </summary>
internal abstract class PartitionPlaces
{
    protected PartitionPlaces(IWaiterOwner owner, int partitions) =>
        All = [.. Enumerable.Range(0, partitions).Select(index => new Partition(owner, index))];

    /// <summary>Whether the partitions belong to keys.</summary>
    public abstract bool AreByKey { get; }

    public IReadOnlyList<Partition> All { get; }

    /// <summary>All waiters.</summary>
    public int Waiting { get; private set; }

    /// <summary>Whether there is room for any job.</summary>
    public abstract bool HasRoom { get; }

    /// <summary>Takes over what the settings say about room.</summary>
    public abstract void Configure(JobQueueOptions options);

    /// <summary>Whether there is room for a job.</summary>
    public abstract bool HasRoomFor(JobRecord job);

    /// <summary>The partition for a newcomer for which there is room.</summary>
    public abstract Partition Choose(JobRecord job);

    /// <summary>The partition for a waiter that is distributed again, whether there is room or not.</summary>
    public abstract Partition ChooseAgain(JobRecord job);

    /// <summary>The waiters in the line of a class that a newcomer would join.</summary>
    public abstract int CountBefore(JobRecord job, int priorityClass);

    /// <summary>A job takes a place.</summary>
    public virtual void Take(Partition partition)
    {
        Waiting++;
        partition.Count++;
    }

    /// <summary>A job gives its place back.</summary>
    public virtual void Free(Partition partition)
    {
        Waiting--;
        partition.Count--;
    }

    public int[] CountByPartition()
    {
        var counts = new int[All.Count];
        for (var i = 0; i < counts.Length; i++)
            counts[i] = All[i].Count;
        return counts;
    }

    protected void AddTaken(int waiting) => Waiting += waiting;
}
