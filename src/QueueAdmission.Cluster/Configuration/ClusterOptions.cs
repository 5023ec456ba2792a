namespace QueueAdmission.Cluster;

/// <summary>
/// The settings of the cluster, in the section <c>QueuedAdmission:Cluster</c>. Changes take effect live.
/// </summary>
public sealed class ClusterOptions
{
    /// <summary>The path of the section in the configuration.</summary>
    public const string Section = "QueuedAdmission:Cluster";

    /// <summary>
    /// The name of the cluster. All nodes use the same name, and each cluster that shares the store needs a different
    /// one. Default <c>{ApplicationName}:{EnvironmentName}</c> of the host; 1 to 200 characters.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// How long a lease lasts without a renewal. After this time, other nodes may use the workers of a node that has
    /// failed. Default 00:00:03; range 00:00:01 to 00:01:00.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(3);
}
