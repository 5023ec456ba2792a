using System.Diagnostics;
using System.Globalization;
using QueueAdmission.Cluster.Benchmarks.Nodes;
using QueueAdmission.Cluster.Benchmarks.Report;

namespace QueueAdmission.Cluster.Benchmarks.Scenarios;

/// <summary>
/// Measures the time that a lease adds to an admission, by alternating between a queue with a cluster and one without.
/// </summary>
internal static class AdmitPath
{
    private const int Operations = 100_000;
    private const int Rounds = 31;

    public static void Run(Setup setup)
    {
        using var events = new NodeEvents(Path.Combine(setup.NewFolder(), "events"));
        var gate = QueueGate.StartAsync(setup.Settings("redis", workers: 8), events).GetAwaiter().GetResult();
        gate.EnterAsync().AsTask().GetAwaiter().GetResult().Dispose();
        using var plain = new JobQueue(new JobQueueOptions { Workers = 8 });
        var (more, nanoseconds) = (new List<double>(), new List<double>());
        long bytes = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var (first, _) = Measure(plain);
            var (leased, allocated) = Measure(gate.Queue);
            var (again, allocatedAgain) = Measure(gate.Queue);
            var (last, _) = Measure(plain);
            more.Add((leased + again - first - last) / 2);
            nanoseconds.Add((first + last) / 2);
            bytes = allocated + allocatedAgain;
        }
        gate.DisposeAsync().AsTask().GetAwaiter().GetResult();
        more.Sort();
        nanoseconds.Sort();
        setup.Add(new ReportRow(
            "admit path, with a lease", "redis", "none", "0 B, ≤ 50 ns more",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(double)bytes / (2 * Operations):N2} B, {more[Rounds / 2]:N1} ns more "
                    + $"than the {nanoseconds[Rounds / 2]:N1} ns without `ClusterWorkers`"),
            more[Rounds / 2] <= 50 && bytes < Operations));
    }

    private static (double Nanoseconds, long Bytes) Measure(JobQueue queue)
    {
        var (bytes, since) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        for (var i = 0; i < Operations; i++)
            queue.TryEnter().Dispose();
        return (
            Stopwatch.GetElapsedTime(since).TotalNanoseconds / Operations,
            GC.GetAllocatedBytesForCurrentThread() - bytes);
    }
}
