using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>Measures what the middleware costs requests to an endpoint that does not use it.</summary>
public class EndpointWithoutQueue : PipelineQuestion
{
    protected override bool Queued => false;

    [Benchmark(Description = PeerName.None, OperationsPerInvoke = Operations)]
    public bool None() => Call(Bare);

    [Benchmark(Description = PeerName.Floor, OperationsPerInvoke = Operations)]
    public bool Minimum() => Call(Floor);

    [Benchmark(Description = PeerName.Ours, OperationsPerInvoke = Operations)]
    public bool Queue() => Call(Ours);

    [Benchmark(Baseline = true, Description = PeerName.RateLimiter, OperationsPerInvoke = Operations)]
    public bool RateLimiter() => Call(RateLimiterPolicy);

    protected override Task HandleAsync() => Task.CompletedTask;

    private static bool Call(Caller caller)
    {
        var allSynchronous = true;
        for (var i = 0; i < Operations; i++)
            allSynchronous &= caller.InvokeAsync().IsCompletedSuccessfully;
        return allSynchronous;
    }
}
