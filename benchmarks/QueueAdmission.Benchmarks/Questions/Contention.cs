using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>Measures the cost of an admission when all cores ask at the same time and workers are free.</summary>
public class Contention
{
    private const int PerThread = 50_000;
    private const int Workers = 1_000;

    private static readonly int Threads = Environment.ProcessorCount;

    private readonly JobQueue _queue = new(new JobQueueOptions { Workers = Workers });
    private readonly SemaphoreSlim _semaphore = new(Workers);
    private readonly ConcurrencyLimiter _limiter = new(
        new ConcurrencyLimiterOptions { PermitLimit = Workers, QueueLimit = 100 });

    [Benchmark(Baseline = true, Description = PeerName.Semaphore, OperationsPerInvoke = PerThread)]
    public Task Semaphore() => OnAllCores(async () =>
    {
        for (var i = 0; i < PerThread; i++)
        {
            await _semaphore.WaitAsync();
            _semaphore.Release();
        }
    });

    [Benchmark(Description = PeerName.Ours, OperationsPerInvoke = PerThread)]
    public Task Queue() => OnAllCores(async () =>
    {
        for (var i = 0; i < PerThread; i++)
        {
            using var lease = await _queue.EnterAsync();
        }
    });

    [Benchmark(Description = PeerName.Concurrency, OperationsPerInvoke = PerThread)]
    public Task Limiter() => OnAllCores(async () =>
    {
        for (var i = 0; i < PerThread; i++)
        {
            using var lease = await _limiter.AcquireAsync();
        }
    });

    private static Task OnAllCores(Func<Task> flow) =>
        Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(flow)));
}
