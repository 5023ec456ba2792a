namespace QueueAdmission.Deferred.Benchmarks.Servers;

/// <summary>What is posted: about 1 KB of JSON.</summary>
public sealed record Post(string Text)
{
    private const int Length = 1_024;

    public static string Body { get; } = $"{{\"text\":\"{new string('x', Length - 11)}\"}}";
}

/// <summary>The handlers. They do nothing, so that only the way to them is measured.</summary>
public static class PostHandlers
{
    private static int s_ran;

    /// <summary>How many posts have run.</summary>
    public static int Ran => Volatile.Read(ref s_ran);

    /// <summary>The handler of our endpoint, and the job of Hangfire.</summary>
    public static IResult Publish(Post post)
    {
        ArgumentNullException.ThrowIfNull(post);
        Interlocked.Increment(ref s_ran);
        return TypedResults.NoContent();
    }

    /// <summary>The job of Hangfire. No server of it runs, so it is only stored.</summary>
    public static void Run(Post post) => Publish(post);
}

/// <summary>Wolverine's handler. A handler that stood still would hold up what is published behind it.</summary>
public static class PostHandler
{
    public static void Handle(Post post) => PostHandlers.Publish(post);
}
