using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>
/// Measures the overhead for a request that gets a worker at once, and whose handler completes synchronously.
/// </summary>
public class AdmitSynchronousHandler : PipelineQuestion
{
    [Benchmark(Baseline = true, Description = PeerName.None, OperationsPerInvoke = Operations)]
    public bool None() => Call(Bare);

    [Benchmark(Description = PeerName.Floor, OperationsPerInvoke = Operations)]
    public bool Minimum() => Call(Floor);

    [Benchmark(Description = PeerName.Ours, OperationsPerInvoke = Operations)]
    public bool Queue() => Call(Ours);

    [Benchmark(Description = PeerName.Listened, OperationsPerInvoke = Operations)]
    public bool QueueWithListener() => Call(Listened);

    [Benchmark(Description = PeerName.RateLimiter, OperationsPerInvoke = Operations)]
    public bool RateLimiter() => Call(RateLimiterPolicy);

    [Benchmark(Description = PeerName.GlobalLimiter, OperationsPerInvoke = Operations)]
    public bool Partitioned() => Call(GlobalLimiter);

    [Benchmark(Description = PeerName.Semaphore, OperationsPerInvoke = Operations)]
    public bool Semaphore() => Call(HandWritten);

    protected override Task HandleAsync() => Task.CompletedTask;

    private static bool Call(Caller caller)
    {
        var allSynchronous = true;
        for (var i = 0; i < Operations; i++)
            allSynchronous &= caller.InvokeAsync().IsCompletedSuccessfully;
        return allSynchronous;
    }
}
