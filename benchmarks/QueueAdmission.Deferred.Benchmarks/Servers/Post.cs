using System.Runtime.CompilerServices;

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
    /// <summary>How many posts have run.</summary>
    public static int Ran => Counter.Read();

    /// <summary>The handler of our endpoint, and the job of Hangfire.</summary>
    public static IResult Publish(Post post)
    {
        ArgumentNullException.ThrowIfNull(post);
        Counter.Add();
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

/// <summary>Counts the posts that have run.</summary>
internal static class Counter
{
    private static readonly StrongBox<int> Count = new();

    public static int Read() => Volatile.Read(ref Count.Value);

    public static void Add() => Interlocked.Increment(ref Count.Value);
}
