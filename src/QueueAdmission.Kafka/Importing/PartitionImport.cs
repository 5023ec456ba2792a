using Confluent.Kafka;

namespace QueueAdmission.Kafka;

/// <summary>One partition of this node: up to where the store has it, and the records that were read since.</summary>
internal sealed class PartitionImport(TopicPartition partition, string source)
{
    private readonly List<ImportedJob> _jobs = [];

    public TopicPartition Partition => partition;

    public string Source => source;

    /// <summary>The position up to which the store has the partition.</summary>
    public long Position { get; private set; } = -1;

    /// <summary>The last position that was read.</summary>
    public long Last { get; private set; } = -1;

    /// <summary>The records that were read and are not in the store.</summary>
    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Why the partition cannot go on; null if it can.</summary>
    public string? Obstacle { get; set; }

    /// <summary>Begins behind a position of the store.</summary>
    public void Begin(long position)
    {
        (Position, Last) = (position, position);
        Clear();
    }

    /// <param name="position">The position of a record.</param>
    /// <param name="job">Its job; null if it has none.</param>
    /// <param name="bytes">Its size.</param>
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
