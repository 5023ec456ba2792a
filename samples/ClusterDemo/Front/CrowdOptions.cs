namespace ClusterDemo;

/// <summary>The section <c>Crowd</c> of appsettings.json.</summary>
internal sealed class CrowdOptions
{
    /// <summary>The number of shoppers for each shop that the crowd goes to.</summary>
    public int Shoppers { get; set; } = 150;

    /// <summary>The time within which all shoppers arrive.</summary>
    public TimeSpan Within { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a shopper waits before it leaves.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(9);
}
