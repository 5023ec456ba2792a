namespace QueueAdmission.PostgreSql;

/// <summary>The limits that decide when the jobs, and their results, switch to the next partition.</summary>
internal sealed record JobPartitions
{
    /// <summary>
    /// The size in bytes at which a partition is full. If a quarter of the size of all partitions is larger, that size
    /// applies instead.
    /// </summary>
    public long FullSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// The age at which a partition is replaced even if it is not full, so that finished jobs are removed in time. This
    /// applies only while fewer than four partitions contain rows.
    /// </summary>
    public TimeSpan OldAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The largest number of rows that are moved at once out of a partition in which most rows are no longer needed.
    /// Calls that claim, end or cancel jobs wait meanwhile.
    /// </summary>
    public int FewRows { get; init; } = 5_000;
}
