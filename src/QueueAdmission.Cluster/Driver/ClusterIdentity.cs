using System.Globalization;

namespace QueueAdmission.Cluster;

/// <summary>Identifies this node.</summary>
/// <param name="Name">The name that operators see: the host and the process.</param>
/// <param name="Generation">An identifier that differs for each start of the process.</param>
internal sealed record ClusterIdentity(string Name, string Generation)
{
    public static ClusterIdentity Create() => new(
        string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}"),
        Guid.NewGuid().ToString("N")[..10]);
}
