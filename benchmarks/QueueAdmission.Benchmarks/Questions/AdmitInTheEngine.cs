using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;
using Polly;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>Measures the cost of taking a free worker and releasing it.</summary>
/// <remarks>
/// A peer with worker loops moves each job to another thread and back. This is part of its cost of admission.
/// </remarks>
public class AdmitInTheEngine
{
    private const int Operations = 1_000;
    private const int Workers = 8;
    private const int Places = 128;

    private static readonly Func<Task> EmptyJob = static () => Task.CompletedTask;

    private readonly JobQueue _queue = new(new JobQueueOptions { Workers = Workers, PartitionCapacity = Places });
    private readonly SemaphoreSlim _semaphore = new(Workers);
    private readonly ConcurrencyLimiter _limiter = new(
        new ConcurrencyLimiterOptions { PermitLimit = Workers, QueueLimit = Places });
    private readonly PartitionedRateLimiter<string> _partitioned = PartitionedRateLimiter.Create<string, string>(
        static key => RateLimitPartition.GetConcurrencyLimiter(
            key, static _ => new ConcurrencyLimiterOptions { PermitLimit = Workers, QueueLimit = Places }));
    private readonly ResiliencePipeline _polly =
        new ResiliencePipelineBuilder().AddConcurrencyLimiter(Workers, Places).Build();
    private readonly ChannelWorkers _channel = new(Places, Workers);
    private long _word = Workers;

    [Benchmark(Description = "two atomics, the floor", OperationsPerInvoke = Operations)]
    public long Floor()
    {
        for (var i = 0; i < Operations; i++)
        {
            Interlocked.Decrement(ref _word);
            Interlocked.Increment(ref _word);
        }
        return _word;
    }

    [Benchmark(Baseline = true, Description = PeerName.Semaphore, OperationsPerInvoke = Operations)]
    public async Task Semaphore()
    {
        for (var i = 0; i < Operations; i++)
        {
            await _semaphore.WaitAsync();
            _semaphore.Release();
        }
    }

    [Benchmark(Description = PeerName.Ours, OperationsPerInvoke = Operations)]
    public async Task Queue()
    {
        for (var i = 0; i < Operations; i++)
        {
            using var lease = await _queue.EnterAsync();
        }
    }

    [Benchmark(Description = PeerName.Concurrency, OperationsPerInvoke = Operations)]
    public async Task Limiter()
    {
        for (var i = 0; i < Operations; i++)
        {
            using var lease = await _limiter.AcquireAsync();
        }
    }

    [Benchmark(Description = PeerName.Partitioned, OperationsPerInvoke = Operations)]
    public async Task PartitionedLimiter()
    {
        for (var i = 0; i < Operations; i++)
        {
            using var lease = await _partitioned.AcquireAsync("key");
        }
    }

    [Benchmark(Description = PeerName.Polly, OperationsPerInvoke = Operations)]
    public async Task Polly()
    {
        for (var i = 0; i < Operations; i++)
            await _polly.ExecuteAsync(static _ => ValueTask.CompletedTask);
    }

    [Benchmark(Description = PeerName.Channel, OperationsPerInvoke = Operations)]
    public async Task Channel()
    {
        for (var i = 0; i < Operations; i++)
            await _channel.Push(EmptyJob)!;
    }
}
