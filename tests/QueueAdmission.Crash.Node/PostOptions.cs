namespace QueueAdmission.Crash.Node;

/// <summary>The section <c>Posts</c> of the command line.</summary>
internal sealed class PostOptions
{
    /// <summary>How long a handler works before it writes.</summary>
    public TimeSpan ReviewTime { get; set; }

    /// <summary>About one post of so many fails in its first attempt; 0 for none.</summary>
    public int FailOneOf { get; set; }

    /// <summary>Whether each start of a handler is written as well.</summary>
    public bool LogsStarts { get; set; }
}

/// <summary>What a caller posts.</summary>
internal sealed record NewPost(string Text);
