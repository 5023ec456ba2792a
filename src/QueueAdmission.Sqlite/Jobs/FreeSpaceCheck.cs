namespace QueueAdmission.Sqlite;

/// <summary>
/// Refuses jobs while the disk has less space left than <see cref="SqliteJobStoreOptions.MinFreeDiskSpace"/>. For one
/// thread at a time.
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
            // What cannot be found out is no reason to refuse. A full disk is noticed when writing.
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
