namespace QueueAdmission.Crash.Node;

/// <summary>The section <c>Posts</c> of the configuration.</summary>
internal sealed class PostOptions
{
    /// <summary>How long a handler works before it writes the post.</summary>
    public TimeSpan ReviewTime { get; set; }

    /// <summary>
    /// If this is <c>n</c>, about one in <c>n</c> posts fails in its first attempt. 0 if no post fails.
    /// </summary>
    public int FailOneOf { get; set; }

    /// <summary>Whether the handler also records each of its starts, in the table <c>starts</c>.</summary>
    public bool LogsStarts { get; set; }
}

/// <summary>The body of a post.</summary>
internal sealed record NewPost(string Text);
