using Confluent.Kafka;

namespace QueueAdmission.Kafka;

/// <summary>
/// A partition that is assigned to this node: the position of the store, and the records that were read after it.
/// </summary>
internal sealed class PartitionImport(TopicPartition partition, string source)
{
    private readonly List<ImportedJob> _jobs = [];

    public TopicPartition Partition => partition;

    public string Source => source;

    /// <summary>The offset up to which the store has imported the partition.</summary>
    public long Position { get; private set; } = -1;

    /// <summary>The offset of the last record that was read.</summary>
    public long Last { get; private set; } = -1;

    /// <summary>The number of records that were read and are not in the store yet.</summary>
    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>The reason why the partition is blocked. Null if it is not.</summary>
    public string? Obstacle { get; set; }

    /// <summary>Drops the records in memory and continues after an offset that the store has reached.</summary>
    public void Begin(long position)
    {
        (Position, Last) = (position, position);
        Clear();
    }

    /// <param name="position">The offset of a record.</param>
    /// <param name="job">The job in the record, or null if the record cannot be read.</param>
    /// <param name="bytes">The size of the record in bytes.</param>
    public void Add(long position, AcceptedJob? job, int bytes)
    {
        if (job is not null)
        {
            _jobs.Add(new ImportedJob(position, job));
        }
        Last = position;
        Count++;
        Bytes += bytes;
    }

    public JobImport ToImport() => new() { Source = source, After = Position, Last = Last, Jobs = [.. _jobs] };

    private void Clear()
    {
        _jobs.Clear();
        (Count, Bytes) = (0, 0);
    }
}
