using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>
/// The same as <see cref="AllThroughTheQueue"/>, but each wait has a cancellation token and a time limit, as the waits
/// of requests have.
/// </summary>
/// <remarks>ConcurrencyLimiter does not support a time limit, and is measured with the token only.</remarks>
public class AllThroughTheQueueWithLimits
{
    private const int Operations = Flows.Count * Flows.JobsPerFlow;
    private const int Workers = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly JobQueue _queue = new(
        new JobQueueOptions { Workers = Workers, PartitionCapacity = Flows.Count, MaxWait = Limit });
    private readonly SemaphoreSlim _semaphore = new(Workers);
    private readonly ConcurrencyLimiter _limiter = new(
        new ConcurrencyLimiterOptions { PermitLimit = Workers, QueueLimit = Flows.Count });

    [Benchmark(Baseline = true, Description = PeerName.Semaphore, OperationsPerInvoke = Operations)]
    public Task Semaphore() => Flows.RunAsync(
        async () =>
        {
            using var leaving = new CancellationTokenSource();
            for (var i = 0; i < Flows.JobsPerFlow; i++)
            {
                await _semaphore.WaitAsync(Limit, leaving.Token);
                _semaphore.Release();
            }
        },
        hold: () => Flows.Repeat(Workers, _semaphore.Wait),
        release: () => _semaphore.Release(Workers));

    [Benchmark(Description = PeerName.Ours, OperationsPerInvoke = Operations)]
    public Task Queue() => Flows.RunAsync(
        async () =>
        {
            using var leaving = new CancellationTokenSource();
            for (var i = 0; i < Flows.JobsPerFlow; i++)
            {
                using var lease = await _queue.EnterAsync(leaving.Token);
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
                using var leaving = new CancellationTokenSource();
                for (var i = 0; i < Flows.JobsPerFlow; i++)
                {
                    using var lease = await _limiter.AcquireAsync(1, leaving.Token);
                }
            },
            hold: () => Flows.Repeat(Workers, () => held.Add(_limiter.AttemptAcquire())),
            release: () => held.ForEach(lease => lease.Dispose()));
    }
}
