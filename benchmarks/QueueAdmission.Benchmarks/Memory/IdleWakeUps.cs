using System.Globalization;

namespace QueueAdmission.Benchmarks.Memory;

/// <summary>Measures how often an idle queue with 64 workers wakes a thread.</summary>
/// <remarks>
/// Counts the voluntary context switches of all threads of this process, as reported by the kernel. The count of the
/// same process without any queue is subtracted.
/// </remarks>
internal static class IdleWakeUps
{
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(4);

    public static Row Measure()
    {
        var nothing = PerSecond();
        double ours, theirs;
        using (var queue = new JobQueue(new JobQueueOptions { Workers = 64, Partitions = 16 }))
        {
            queue.RunAsync(static _ => Task.CompletedTask).Wait();
            ours = PerSecond() - nothing;
        }
        using (new EasyQueueAlgorithm(16, 100, 64))
            theirs = PerSecond() - nothing;
        return new Row(130, "idle wake-ups a second, 64 workers",
            $"easyqueue {theirs.Show("N0")}; the bare process {nothing.Show()}",
            Math.Max(0, ours).Show(), "", "0 more than the bare process", ours < 1);
    }

    private static double PerSecond()
    {
        // Let the runtime's threads become idle first.
        Thread.Sleep(TimeSpan.FromSeconds(1));
        var before = Switches();
        Thread.Sleep(Watch);
        return (Switches() - before) / Watch.TotalSeconds;
    }

    private static long Switches() => Directory.EnumerateDirectories("/proc/self/task").Sum(SwitchesOf);

    private static long SwitchesOf(string thread)
    {
        try
        {
            const string Name = "voluntary_ctxt_switches:";
            var line = File.ReadLines(Path.Combine(thread, "status"))
                .Single(line => line.StartsWith(Name, StringComparison.Ordinal));
            return long.Parse(line[Name.Length..], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // The thread has ended in the meantime.
            return 0;
        }
    }
}
