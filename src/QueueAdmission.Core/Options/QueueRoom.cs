namespace QueueAdmission;

/// <summary>Calculates how many jobs may wait, because several settings determine it together.</summary>
internal static class QueueRoom
{
    /// <summary>
    /// The default number of partitions of a queue with keys. API Priority and Fairness of Kubernetes has as many
    /// queues in a priority level.
    /// </summary>
    public const int PartitionsForKeys = 64;

    /// <summary>The room of one partition, or of one key, without a setting.</summary>
    public const int DefaultPartitionCapacity = 100;

    /// <summary>The room of a queue with keys, without a setting.</summary>
    private const int PlacesForKeys = 1_000;

    extension(JobQueueOptions options)
    {
        /// <summary>How many jobs may wait in all.</summary>
        internal int Places => options.MaxWaiting
            ?? (options.PartitionByKey && options.GivenPartitionCapacity is null
                ? Math.Max(PlacesForKeys, options.MaxWaitingPerKey ?? 0)
                : (int)Math.Min((long)options.Partitions * options.PartitionCapacity, JobQueueOptions.PlacesLimit));

        /// <summary>How many jobs of one key may wait; all of them if keys are not told apart.</summary>
        internal int PlacesPerKey => !options.PartitionByKey ? options.Places
            : options.MaxWaitingPerKey ?? options.GivenPartitionCapacity
                ?? Math.Min(DefaultPartitionCapacity, options.Places);
    }
}
