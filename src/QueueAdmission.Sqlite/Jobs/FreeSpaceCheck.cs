namespace QueueAdmission.Sqlite;

/// <summary>
/// Refuses new jobs while the free space of the disk is less than
/// <see cref="SqliteJobStoreOptions.MinFreeDiskSpace"/>. Only one thread at a time may use an instance.
/// </summary>
internal sealed class FreeSpaceCheck(SqliteJobSettings settings, Host host)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private TimeSpan? _passed;

    /// <exception cref="JobStoreException">The disk has too little space left.</exception>
    public void ThrowIfDiskIsFull()
    {
        if (settings.MinFreeDiskSpace == 0 || (_passed is { } last && host.Now - last < Interval))
        {
            return;
        }
        long free;
        try
        {
            free = new DriveInfo(Path.GetDirectoryName(settings.Path)!).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // An unknown free space is no reason to refuse jobs. If the disk is full, writing fails.
            return;
        }
        if (free < settings.MinFreeDiskSpace)
        {
            _passed = null;
            throw new JobStoreException(
                JobStoreProblem.Full,
                $"SQLite: the disk of {settings.Path} has {free / 1_048_576} MB left, less than "
                + $"{settings.MinFreeDiskSpace / 1_048_576} MB ({nameof(SqliteJobStoreOptions.MinFreeDiskSpace)}).");
        }
        _passed = host.Now;
    }
}
