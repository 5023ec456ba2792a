using System.Diagnostics;
using HdrHistogram;
using QueueAdmission.Deferred.Benchmarks.Servers;
using QueueAdmission.LoadTest.Client;

namespace QueueAdmission.Deferred.Benchmarks.Client;

/// <summary>
/// A closed-loop load: each connection sends its next post as soon as the previous one has been answered.
/// </summary>
internal static class SaturatedLoad
{
    public const int Flows = 64;

    /// <summary>Sends posts for the given time.</summary>
    public static Task<SaturatedResult> RunAsync(int port, TimeSpan length) =>
        RunAsync(port, (_, start) => Stopwatch.GetElapsedTime(start) < length);

    /// <summary>Sends the given number of posts.</summary>
    public static Task<SaturatedResult> RunAsync(int port, int posts) => RunAsync(port, (post, _) => post <= posts);

    private static async Task<SaturatedResult> RunAsync(int port, Func<int, long, bool> goesOn)
    {
        var request = Connection.PostTo("/posts", Post.Body);
        var next = 0;
        var start = Stopwatch.GetTimestamp();
        var flows = await Task.WhenAll(Enumerable.Range(0, Flows).Select(_ => Task.Run(PostAsync)));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var latency = NewHistogram();
        foreach (var flow in flows)
            latency.Add(flow);
        return new SaturatedResult(latency.TotalCount / seconds, Percentile(50), Percentile(99));

        double Percentile(double percentile) =>
            TimeSpan.FromTicks(latency.GetValueAtPercentile(percentile)).TotalMilliseconds;

        async Task<LongHistogram> PostAsync()
        {
            using var connection = await Connection.OpenAsync(port);
            var own = NewHistogram();
            while (goesOn(Interlocked.Increment(ref next), start))
            {
                var sent = Stopwatch.GetTimestamp();
                var status = await connection.GetAsync(request);
                if (status != 202)
                    throw new InvalidOperationException($"A post was answered with {status} instead of 202.");
                own.RecordValue(Stopwatch.GetElapsedTime(sent).Ticks);
            }
            return own;
        }
    }

    private static LongHistogram NewHistogram() => new(TimeSpan.FromMinutes(1).Ticks, 3);
}

/// <param name="PerSecond">The posts per second that were answered with 202.</param>
/// <param name="P50">The median latency in milliseconds.</param>
/// <param name="P99">The 99th percentile of the latency in milliseconds.</param>
internal sealed record SaturatedResult(double PerSecond, double P50, double P99);
