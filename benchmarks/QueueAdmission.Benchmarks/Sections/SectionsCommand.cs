using System.Diagnostics;

namespace QueueAdmission.Benchmarks.Sections;

/// <summary>Times single operations that hold the lock of a queue with many waiters.</summary>
internal static class SectionsCommand
{
    private const int Rounds = 7;

    public static void Run()
    {
        Console.WriteLine("| one operation | waiters | median of 7 |");
        Console.WriteLine("|---|---|---|");
        foreach (var waiters in new[] { 1_000, 100_000, 1_000_000 })
            Show("the first job with a priority", waiters, FirstPriority);
        foreach (var waiters in new[] { 960, 96_000, 960_000 })
            Show("a job displaces another, with MaxWorkersPerKey", waiters, Displacing);
        foreach (var keys in new[] { 64, 512, 4_096 })
            Show("a hand-off, with keys and OverloadControl, one waiter each", keys, HandOff);
    }

    private static void Show(string what, int waiters, Func<int, TimeSpan> measure)
    {
        measure(Math.Min(waiters, 1_000));
        var times = Enumerable.Range(0, Rounds).Select(_ => measure(waiters).TotalMicroseconds).Order().ToArray();
        Console.WriteLine(FormattableString.Invariant($"| {what} | {waiters:N0} | {times[Rounds / 2]:0.0} µs |"));
    }

    private static TimeSpan FirstPriority(int waiters)
    {
        using var queue = new JobQueue(
            new JobQueueOptions { Workers = 1, MaxWaiting = waiters, MaxWait = Timeout.InfiniteTimeSpan });
        queue.TryEnter();
        for (var i = 0; i < waiters - 1; i++)
            _ = queue.EnterAsync();
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        _ = queue.EnterAsync(new JobTraits { Priority = JobPriority.High });
        return Stopwatch.GetElapsedTime(start);
    }

    private static TimeSpan Displacing(int waiters)
    {
        using var queue = new JobQueue(
            new JobQueueOptions
            {
                Workers = 8,
                MaxWorkersPerKey = 2,
                MaxWaiting = waiters,
                MaxWait = Timeout.InfiniteTimeSpan,
            });
        for (var i = 0; i < waiters + 8; i++)
            _ = queue.EnterAsync(new JobTraits { Key = $"{i % 100}" });
        const int jobs = 100;
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < jobs; i++)
            _ = queue.EnterAsync(new JobTraits { Key = "1", Priority = JobPriority.High });
        return Stopwatch.GetElapsedTime(start) / jobs;
    }

    private static TimeSpan HandOff(int keys)
    {
        using var queue = new JobQueue(new JobQueueOptions
        {
            Workers = 1,
            PartitionByKey = true,
            Partitions = keys,
            MaxWaiting = 2 * keys,
            OverloadControl = true,
            MaxWait = Timeout.InfiniteTimeSpan,
        });
        var running = queue.TryEnter();
        var jobs = keys / 2;
        var waiting = Enumerable.Range(0, keys).Select(i => queue.EnterAsync(new JobTraits { Key = $"{i}" })).ToArray();
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < jobs; i++)
        {
            running.Dispose();
            running = waiting[i].Result;
        }
        return Stopwatch.GetElapsedTime(start) / jobs;
    }
}
