namespace ClusterDemo;

/// <summary>The section <c>Fleet</c> of appsettings.json.</summary>
internal sealed class FleetOptions
{
    /// <summary>How long a shop stays closed after its process has ended.</summary>
    public TimeSpan ClosedFor { get; set; } = TimeSpan.FromMilliseconds(1500);
}
