namespace QueueAdmission;

/// <summary>
/// The partitions of fair lines and their places. Decides which partition a newcomer joins, and whether there is room
/// for it.
/// </summary>
internal abstract class PartitionPlaces
{
    protected PartitionPlaces(IWaiterOwner owner, int partitions) =>
        All = [.. Enumerable.Range(0, partitions).Select(index => new Partition(owner, index))];

    /// <summary>Whether the partitions belong to keys.</summary>
    public abstract bool AreByKey { get; }

    public IReadOnlyList<Partition> All { get; }

    /// <summary>The number of all waiters.</summary>
    public int Waiting { get; private set; }

    /// <summary>Whether the queue as a whole has room for another job.</summary>
    public abstract bool HasRoom { get; }

    /// <summary>Applies the settings that limit the number of waiters.</summary>
    public abstract void Configure(JobQueueOptions options);

    /// <summary>Returns whether there is room for this job.</summary>
    public abstract bool HasRoomFor(JobRecord job);

    /// <summary>Returns the partition for a newcomer. Call it only if there is room for the job.</summary>
    public abstract Partition Choose(JobRecord job);

    /// <summary>Returns the partition for a waiter that is distributed again, even if there is no room.</summary>
    public abstract Partition ChooseAgain(JobRecord job);

    /// <summary>
    /// Returns the number of waiters in the line that a newcomer of a class would join. 0 if partitions are common to
    /// all jobs.
    /// </summary>
    public abstract int CountBefore(JobRecord job, int priorityClass);

    /// <summary>Takes a place in a partition for a job.</summary>
    public virtual void Take(Partition partition)
    {
        Waiting++;
        partition.Count++;
    }

    /// <summary>Frees the place of a job.</summary>
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
