namespace QueueAdmission;

/// <summary>Calculates how many jobs may wait. Several settings together determine this number.</summary>
internal static class QueueRoom
{
    /// <summary>
    /// The default number of partitions of a queue with keys. It is the number of queues per priority level in
    /// Kubernetes API Priority and Fairness.
    /// </summary>
    public const int PartitionsForKeys = 64;

    /// <summary>The default number of places of one partition, or of one key.</summary>
    public const int DefaultPartitionCapacity = 100;

    /// <summary>The default number of places of a queue with keys.</summary>
    private const int PlacesForKeys = 1_000;

    extension(JobQueueOptions options)
    {
        /// <summary>The number of jobs that may wait in the whole queue.</summary>
        internal int Places => options.MaxWaiting
            ?? (options.PartitionByKey && options.GivenPartitionCapacity is null
                ? Math.Max(PlacesForKeys, options.MaxWaitingPerKey ?? 0)
                : (int)Math.Min((long)options.Partitions * options.PartitionCapacity, JobQueueOptions.PlacesLimit));

        /// <summary>
        /// The number of jobs of one key that may wait. Equal to <c>Places</c> if keys are not distinguished.
        /// </summary>
        internal int PlacesPerKey => !options.PartitionByKey ? options.Places
            : options.MaxWaitingPerKey ?? options.GivenPartitionCapacity
                ?? Math.Min(DefaultPartitionCapacity, options.Places);
    }
}
