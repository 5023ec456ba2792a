using System.Runtime.CompilerServices;

namespace QueueAdmission.Deferred.Benchmarks.Servers;

/// <summary>The body of a post: about 1 KB of JSON.</summary>
public sealed record Post(string Text)
{
    private const int Length = 1_024;

    public static string Body { get; } = $"{{\"text\":\"{new string('x', Length - 11)}\"}}";
}

/// <summary>The handlers. They do nothing but count, so that only accepting and dispatching is measured.</summary>
public static class PostHandlers
{
    /// <summary>The number of posts that have run.</summary>
    public static int Ran => Counter.Read();

    /// <summary>The handler of QueueAdmission's endpoint.</summary>
    public static IResult Publish(Post post)
    {
        ArgumentNullException.ThrowIfNull(post);
        Counter.Add();
        return TypedResults.NoContent();
    }

    /// <summary>The job of Hangfire. No Hangfire server is started, so the job is only stored.</summary>
    public static void Run(Post post) => Publish(post);
}

/// <summary>Wolverine's handler. It must not block, because it would hold up the messages behind it.</summary>
public static class PostHandler
{
    public static void Handle(Post post) => PostHandlers.Publish(post);
}

/// <summary>Counts the posts that have run.</summary>
internal static class Counter
{
    private static readonly StrongBox<int> Count = new();

    public static int Read() => Volatile.Read(ref Count.Value);

    public static void Add() => Interlocked.Increment(ref Count.Value);
}
