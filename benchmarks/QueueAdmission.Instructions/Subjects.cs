using System.Globalization;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.Instructions;

/// <summary>
/// The single-threaded paths whose instructions are counted. Each of them is one call of a pipeline with a reused
/// context.
/// </summary>
internal static class Subjects
{
    private const string Bare = "bare";
    private const string CleanBare = "clean-bare";

    /// <summary>Pipelines without a peer. Their instructions are the overhead of the measurement.</summary>
    public static readonly string[] Baselines = [Bare, CleanBare];

    public static readonly string[] Ours = ["admitted", "rejected", "passed"];

    public static readonly string[] Theirs = ["admitted-listened", "admitted-floor", "admitted-ratelimiter",
        "rejected-ratelimiter", "passed-floor", "passed-ratelimiter"];

    public static string BaselineOf(string subject) => IsCleaned(subject) ? CleanBare : Bare;

    /// <param name="calls">A <c>name=n</c> for each subject.</param>
    public static void Run(IEnumerable<string> calls)
    {
        foreach (var call in calls)
        {
            var (name, count) = call.Split('=') is [var left, var right]
                ? (left, int.Parse(right, CultureInfo.InvariantCulture)) : (call, 1);
            var caller = Open(name);
            var clean = IsCleaned(name);
            for (var i = 0; i < count; i++)
            {
                if (!(clean ? caller.InvokeCleanAsync() : caller.InvokeAsync()).IsCompletedSuccessfully)
                    throw new InvalidOperationException($"'{name}' did not end synchronously.");
            }
        }
    }

    // Only a refusal changes the response, so only then the response has to be cleared.
    private static bool IsCleaned(string name) => name == CleanBare || IsRejected(name);

    private static bool IsRejected(string name) => name.StartsWith("rejected", StringComparison.Ordinal);

    private static Caller Open(string name)
    {
        var limits = IsRejected(name)
            ? new Limits(1, 1, 1) : new Limits(16, 1, 100);
        Peer peer = name switch
        {
            Bare or CleanBare => new NoPeer(),
            "admitted-floor" => new FloorPeer(limits),
            "passed-floor" => new EndpointReaderPeer(),
            "admitted-listened" => new ListenedQueueAdmissionPeer(limits),
            _ when Ours.Contains(name) => new SteppingPeer(limits),
            _ => new RateLimiterPeer(limits),
        };
        var queued = !name.StartsWith("passed", StringComparison.Ordinal);
        if (!IsRejected(name))
            return new Caller(Pipeline.Build(static _ => Task.CompletedTask, peer, queued));
        var never = new TaskCompletionSource();
        var full = new Caller(Pipeline.Build(_ => never.Task, peer, queued));
        full.FillUp();
        return full;
    }
}
