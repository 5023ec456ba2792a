namespace QueueAdmission.Sqlite;

/// <summary>Settings of the store of deferred jobs in SQLite, apart from the connection string.</summary>
public sealed class SqliteJobStoreOptions
{
    /// <summary>
    /// The free space of the disk, in bytes, below which no job is accepted. Default: 268,435,456 (256 MB). Range: from
    /// 0. With 0, the free space is not checked.
    /// </summary>
    /// <remarks>
    /// Jobs that were already accepted continue. Their results also need some space, and a full disk would stop them.
    /// Calls that are refused throw <see cref="JobStoreException"/> with <see cref="JobStoreProblem.Full"/>.
    /// </remarks>
    public long MinFreeDiskSpace { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// The longest time that a call waits while another process writes to the file or has locked it. Default: 2 s.
    /// Range: 0 s to 60 s. After this time, the call throws <see cref="JobStoreException"/> with
    /// <see cref="JobStoreProblem.Unreachable"/>.
    /// </summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
