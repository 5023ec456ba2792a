namespace QueueAdmission.Cluster;

/// <summary>
/// The settings of the cluster, in the section <c>QueuedAdmission:Cluster</c>. Changes take effect live.
/// </summary>
public sealed class ClusterOptions
{
    /// <summary>The section.</summary>
    public const string Section = "QueuedAdmission:Cluster";

    /// <summary>
    /// The name of the cluster, the same on all its nodes. Each cluster on one store needs a name of its own. Default
    /// <c>{ApplicationName}:{EnvironmentName}</c> of the host; 1 to 200 characters.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// How long a lease lasts without a renewal: the time after which the workers of a lost node are used elsewhere.
    /// Default 00:00:03; range 00:00:01 to 00:01:00.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(3);
}
