namespace QueueAdmission.Cluster;

/// <summary>
/// The settings of the cluster, in the section <c>QueuedAdmission:Cluster</c>. Changes take effect live.
/// </summary>
public sealed class ClusterOptions
{
    /// <summary>The section.</summary>
    public const string Section = "QueuedAdmission:Cluster";

    /// <summary>
    /// The name that all nodes of the cluster share, and nothing else on the same store. Default
    /// <c>{ApplicationName}:{EnvironmentName}</c> of the host; 1 to 200 characters.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// How long a lease lasts without a renewal: the time after which the workers of a lost node are used elsewhere.
    /// Default 00:00:03; range 00:00:01 to 00:01:00.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(3);
}
