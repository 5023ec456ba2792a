namespace WebDemo;

/// <summary>The section <c>Rush</c> of appsettings.json.</summary>
internal sealed class RushOptions
{
    /// <summary>How many shoppers come.</summary>
    public int Shoppers { get; set; } = 10_000;

    /// <summary>How many of them are in the shop or at its door at once.</summary>
    public int AtOnce { get; set; } = 300;

    /// <summary>In what time they come, if the shop answers fast enough.</summary>
    public TimeSpan Within { get; set; } = TimeSpan.FromSeconds(5);
}
