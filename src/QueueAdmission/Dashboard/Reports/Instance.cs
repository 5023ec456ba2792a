using System.Diagnostics;

namespace QueueAdmission;

/// <summary>Describes the process that answers. Each replica of an application has its own queues.</summary>
internal static class Instance
{
    public static InstanceReport Current { get; } = Describe();

    private static InstanceReport Describe()
    {
        using var process = Process.GetCurrentProcess();
        return new InstanceReport
        {
            Machine = Environment.MachineName,
            ProcessId = Environment.ProcessId,
            StartedAt = new DateTimeOffset(process.StartTime.ToUniversalTime()),
        };
    }
}
