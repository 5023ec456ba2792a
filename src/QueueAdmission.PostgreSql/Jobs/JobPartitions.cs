namespace QueueAdmission.PostgreSql;

/// <summary>When the next partition of the jobs, and of their results, is begun.</summary>
internal sealed record JobPartitions
{
    /// <summary>The size in bytes at which a partition is full, unless a quarter of all jobs is more.</summary>
    public long FullSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>A partition is filled for no longer than this, so what is finished leaves in time.</summary>
    public TimeSpan OldAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How many jobs at once are moved out of a partition in which most are not needed. Other calls wait meanwhile.
    /// </summary>
    public int FewRows { get; init; } = 5_000;
}
