namespace PostDemo;

/// <summary>The section <c>Posts</c> of appsettings.json.</summary>
internal sealed class PostOptions
{
    /// <summary>How long the review of one post takes.</summary>
    public TimeSpan ReviewTime { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The first attempt fails for about one in this number of posts. 0: no attempt fails.</summary>
    public int FailOneOf { get; set; }

    /// <summary>
    /// SQLite's <c>synchronous</c> mode of the target, which determines the failures that a row survives: <c>FULL</c>
    /// or <c>NORMAL</c>.
    /// </summary>
    public string Synchronous { get; set; } = "FULL";
}
