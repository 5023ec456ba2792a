namespace PostDemo;

/// <summary>The section <c>Posts</c> of appsettings.json.</summary>
internal sealed class PostOptions
{
    /// <summary>How long the review of one post takes.</summary>
    public TimeSpan ReviewTime { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>About one post of so many fails in its first attempt; 0 for none.</summary>
    public int FailOneOf { get; set; }

    /// <summary>What a row of the target survives: <c>FULL</c> or <c>NORMAL</c>, as SQLite calls it.</summary>
    public string Synchronous { get; set; } = "FULL";
}
