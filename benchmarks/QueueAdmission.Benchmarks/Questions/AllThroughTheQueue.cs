using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>
/// Measures the cost of a job that has to wait. 256 flows share 2 workers, so practically every job waits in the queue.
/// </summary>
public class AllThroughTheQueue
{
    private const int Operations = Flows.Count * Flows.JobsPerFlow;
    private const int Workers = 2;

    private static readonly Func<Task> EmptyJob = static () => Task.CompletedTask;

    private readonly JobQueue _queue = new(
        new JobQueueOptions { Workers = Workers, PartitionCapacity = Flows.Count, MaxWait = Timeout.InfiniteTimeSpan });
    private readonly SemaphoreSlim _semaphore = new(Workers);
    private readonly ConcurrencyLimiter _limiter = new(
        new ConcurrencyLimiterOptions { PermitLimit = Workers, QueueLimit = Flows.Count });
    private readonly ChannelWorkers _channel = new(Flows.Count, Workers);
    private readonly EasyQueueAlgorithm _easyQueue = new(4, Flows.Count, Workers);

    [Benchmark(Baseline = true, Description = PeerName.Semaphore, OperationsPerInvoke = Operations)]
    public Task Semaphore() => Flows.RunAsync(
        async () =>
        {
            for (var i = 0; i < Flows.JobsPerFlow; i++)
            {
                await _semaphore.WaitAsync();
                _semaphore.Release();
            }
        },
        hold: () => Flows.Repeat(Workers, _semaphore.Wait),
        release: () => _semaphore.Release(Workers));

    [Benchmark(Description = PeerName.Ours, OperationsPerInvoke = Operations)]
    public Task Queue() => Flows.RunAsync(
        async () =>
        {
            for (var i = 0; i < Flows.JobsPerFlow; i++)
            {
                using var lease = await _queue.EnterAsync();
            }
        },
        _queue.Pause,
        _queue.Resume);

    [Benchmark(Description = PeerName.Concurrency, OperationsPerInvoke = Operations)]
    public Task Limiter()
    {
        var held = new List<RateLimitLease>();
        return Flows.RunAsync(
            async () =>
            {
                for (var i = 0; i < Flows.JobsPerFlow; i++)
                {
                    using var lease = await _limiter.AcquireAsync();
                }
            },
            hold: () => Flows.Repeat(Workers, () => held.Add(_limiter.AttemptAcquire())),
            release: () => held.ForEach(lease => lease.Dispose()));
    }

    [Benchmark(Description = PeerName.Channel, OperationsPerInvoke = Operations)]
    public Task Channel() => Flows.RunAsync(async () =>
    {
        for (var i = 0; i < Flows.JobsPerFlow; i++)
            await _channel.Push(EmptyJob)!;
    });

    [Benchmark(Description = PeerName.EasyQueue, OperationsPerInvoke = Operations)]
    public Task EasyQueue() => Flows.RunAsync(async () =>
    {
        for (var i = 0; i < Flows.JobsPerFlow; i++)
            await _easyQueue.Push(EmptyJob)!;
    });
}
