using System.Globalization;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.Instructions;

/// <summary>
/// The single-threaded paths whose instructions are counted. Each is one call of a pipeline with a reused context.
/// </summary>
internal static class Subjects
{
    public const string Bare = "bare";

    public static readonly string[] Ours = ["admitted", "rejected", "passed"];

    public static readonly string[] Theirs = ["admitted-listened", "admitted-floor", "admitted-ratelimiter",
        "rejected-ratelimiter", "passed-floor", "passed-ratelimiter"];

    /// <param name="calls">For each subject <c>name=n</c>.</param>
    public static void Run(IEnumerable<string> calls)
    {
        foreach (var call in calls)
        {
            var (name, count) = call.Split('=') is [var left, var right]
                ? (left, int.Parse(right, CultureInfo.InvariantCulture)) : (call, 1);
            var caller = Open(name);
            // Only a refusal changes the response.
            var clean = name.StartsWith("rejected", StringComparison.Ordinal);
            for (var i = 0; i < count; i++)
            {
                if (!(clean ? caller.InvokeCleanAsync() : caller.InvokeAsync()).IsCompletedSuccessfully)
                    throw new InvalidOperationException($"'{name}' did not end synchronously.");
            }
        }
    }

    private static Caller Open(string name)
    {
        var limits = name.StartsWith("rejected", StringComparison.Ordinal)
            ? new Limits(1, 1, 1) : new Limits(16, 1, 100);
        Peer peer = name switch
        {
            Bare => new NoPeer(),
            "admitted-floor" => new FloorPeer(limits),
            "passed-floor" => new EndpointReaderPeer(),
            "admitted-listened" => new ListenedQueueAdmissionPeer(limits),
            _ when Ours.Contains(name) => new SteppingPeer(limits),
            _ => new RateLimiterPeer(limits),
        };
        var queued = !name.StartsWith("passed", StringComparison.Ordinal);
        if (!name.StartsWith("rejected", StringComparison.Ordinal))
            return new Caller(Pipeline.Build(static _ => Task.CompletedTask, peer, queued));
        var never = new TaskCompletionSource();
        var full = new Caller(Pipeline.Build(_ => never.Task, peer, queued));
        full.FillUp();
        return full;
    }
}
