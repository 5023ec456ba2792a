namespace WebDemo;

/// <summary>The section <c>Rush</c> of appsettings.json.</summary>
internal sealed class RushOptions
{
    /// <summary>The number of shoppers.</summary>
    public int Shoppers { get; set; } = 10_000;

    /// <summary>The maximum number of shoppers that are in the shop or at its door at once.</summary>
    public int AtOnce { get; set; } = 300;

    /// <summary>The time within which all shoppers arrive, if the shop answers fast enough.</summary>
    public TimeSpan Within { get; set; } = TimeSpan.FromSeconds(5);
}
