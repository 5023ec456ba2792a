namespace QueueAdmission.Sqlite;

/// <summary>The machine that the processes share: the id of its current boot, and its clocks.</summary>
/// <remarks>
/// <para><b>Clock.</b> .NET's monotonic clock starts with the host on Linux, Windows and macOS, so all processes read
/// the same time. Containers share the kernel's clock, except containers with a separate time namespace.</para>
/// <para><b>Boot id.</b> The boot id exists on Linux only. All containers of a host see the same boot id. Virtual
/// machines, and sandboxes with a separate kernel, see another one. On other systems, a restart of the host is noticed
/// if the clock is behind the latest write. If the clock is not behind, the restart does no harm. It ended all
/// processes that held leases, and their leases have expired.</para>
/// </remarks>
internal sealed class Host(string bootId, TimeProvider time)
{
    public static Host This { get; } = new(ReadBootId(), TimeProvider.System);

    public string BootId => bootId;

    /// <summary>The time of the monotonic clock, which starts with the host.</summary>
    public TimeSpan Now => time.GetElapsedTime(0, time.GetTimestamp());

    /// <summary>The time of the wall clock, which may jump forward or back.</summary>
    public DateTimeOffset UtcNow => time.GetUtcNow();

    private static string ReadBootId()
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "host";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "host";
        }
    }
}
