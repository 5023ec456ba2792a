using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>
/// Measures the overhead for a request that gets a worker at once, and whose handler completes asynchronously.
/// </summary>
/// <remarks>
/// The handler is resumed on the calling thread. All measured time and bytes thus belong to the pipeline, and none to
/// the thread pool.
/// </remarks>
public class AdmitAsynchronousHandler : PipelineQuestion
{
    private readonly Suspension _suspension = new();

    [Benchmark(Baseline = true, Description = PeerName.None, OperationsPerInvoke = Operations)]
    public bool None() => Call(Bare);

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

    protected override async Task HandleAsync() => await _suspension.WaitAsync();

    private bool Call(Caller caller)
    {
        var allRan = true;
        for (var i = 0; i < Operations; i++)
        {
            var request = caller.InvokeAsync();
            _suspension.Resume();
            allRan &= request.IsCompletedSuccessfully;
        }
        return allRan;
    }
}
