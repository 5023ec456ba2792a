using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>Measures what the lease of a cluster adds to the cost of taking a free worker.</summary>
/// <remarks>
/// Each admission checks whether the lease has expired. With the system's clock, the check compares one tick count, and
/// the monotonic clock and the wall clock are read once in each tick.
/// </remarks>
public class AdmitUnderALease
{
    private const int Operations = 1_000;

    private readonly JobQueue _plain = new(new JobQueueOptions());
    private readonly JobQueue _leased = new(new JobQueueOptions());

    public AdmitUnderALease() =>
        _leased.SetWorkerCap(
            "lease", 8, new WorkerCapEnd(long.MaxValue, DateTimeOffset.MaxValue, WorkersAfterwards: 0));

    [Benchmark(Baseline = true, Description = "without ClusterWorkers", OperationsPerInvoke = Operations)]
    public void Plain()
    {
        for (var i = 0; i < Operations; i++)
            _plain.TryEnter().Dispose();
    }

    [Benchmark(Description = "with a lease", OperationsPerInvoke = Operations)]
    public void Leased()
    {
        for (var i = 0; i < Operations; i++)
            _leased.TryEnter().Dispose();
    }
}
