namespace ClusterDemo;

/// <summary>The section <c>Crowd</c> of appsettings.json.</summary>
internal sealed class CrowdOptions
{
    /// <summary>The number of shoppers for each shop that the crowd goes to.</summary>
    public int Shoppers { get; set; } = 150;

    /// <summary>The time in which they come.</summary>
    public TimeSpan Within { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>A shopper that waits longer leaves.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(9);
}
