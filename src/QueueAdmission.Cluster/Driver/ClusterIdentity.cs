using System.Globalization;

namespace QueueAdmission.Cluster;

/// <summary>Which node this is.</summary>
/// <param name="Name">What operators know it by: the host and the process.</param>
/// <param name="Generation">Another one for each start.</param>
internal sealed record ClusterIdentity(string Name, string Generation)
{
    public static ClusterIdentity Create() => new(
        string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}"),
        Guid.NewGuid().ToString("N")[..10]);
}
