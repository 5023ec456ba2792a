using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>Measures the cost of a refused request with the default answer of each peer.</summary>
/// <remarks>
/// The answers of QueueAdmission and of the floor have headers and a body. The other peers only set the status. The
/// response is cleared before each call.
/// </remarks>
public class RejectThroughThePipeline : PipelineQuestion
{
    private readonly TaskCompletionSource _never = new();

    protected override Limits Limits { get; } = new(Workers: 1, Partitions: 1, PartitionCapacity: 1);

    [GlobalSetup]
    public override void Build()
    {
        base.Build();
        foreach (var caller in new[] { Ours, RateLimiterPolicy, GlobalLimiter, HandWritten })
            caller.FillUp();
    }

    [Benchmark(Description = "the answer alone, the floor", OperationsPerInvoke = Operations)]
    public bool Minimum() => Call(AnswerOnly);

    [Benchmark(Description = PeerName.Ours, OperationsPerInvoke = Operations)]
    public bool Queue() => Call(Ours);

    [Benchmark(Baseline = true, Description = PeerName.RateLimiter, OperationsPerInvoke = Operations)]
    public bool RateLimiter() => Call(RateLimiterPolicy);

    [Benchmark(Description = PeerName.GlobalLimiter, OperationsPerInvoke = Operations)]
    public bool Partitioned() => Call(GlobalLimiter);

    [Benchmark(Description = PeerName.Semaphore, OperationsPerInvoke = Operations)]
    public bool Semaphore() => Call(HandWritten);

    protected override Task HandleAsync() => _never.Task;

    private static bool Call(Caller caller)
    {
        var allSynchronous = true;
        for (var i = 0; i < Operations; i++)
            allSynchronous &= caller.InvokeCleanAsync().IsCompletedSuccessfully;
        return allSynchronous;
    }
}
