namespace QueueAdmission.Sqlite;

/// <summary>The machine that the processes share: which start of it this is, and its clock.</summary>
/// <remarks>
/// <para><b>Clock.</b> .NET's monotonic clock counts from the start of the host on Linux, Windows and macOS, so all
/// processes read the same time. Containers share the kernel's clock, except those with a time namespace of their
/// own.</para>
/// <para><b>Boot id.</b> It exists on Linux. Containers of one host see the same one; virtual machines and sandboxes
/// with a kernel of their own see another one. Elsewhere it is not known, and a restart of the host is noticed when
/// the clock is behind the latest write. If the clock is not behind, the restart did no harm: it ended all processes
/// that held leases, and the time of their leases is over.</para>
/// </remarks>
internal sealed class Host(string bootId, TimeProvider time)
{
    public static Host This { get; } = new(ReadBootId(), TimeProvider.System);

    public string BootId => bootId;

    /// <summary>The monotonic clock: the time since the host was started.</summary>
    public TimeSpan Now => time.GetElapsedTime(0, time.GetTimestamp());

    /// <summary>The wall clock. It may step forward or back.</summary>
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
