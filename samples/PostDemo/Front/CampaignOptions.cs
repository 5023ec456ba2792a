namespace PostDemo;

/// <summary>The section <c>Campaign</c> of appsettings.json.</summary>
internal sealed class CampaignOptions
{
    /// <summary>The number of posts.</summary>
    public int Posts { get; set; } = 10_000;

    /// <summary>How many of them are under way at once.</summary>
    public int AtOnce { get; set; } = 100;
}
