using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;
using Polly;
using Polly.RateLimiting;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>Measures the cost of a refusal when all workers are busy and all places are taken.</summary>
public class RejectInTheEngine
{
    private const int Operations = 1_000;

    private static readonly TaskCompletionSource Never = new();

    private readonly JobQueue _queue = new(
        new JobQueueOptions { Workers = 1, PartitionCapacity = 1, MaxWait = Timeout.InfiniteTimeSpan });
    private readonly ConcurrencyLimiter _limiter = new(
        new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 1 });
    private readonly ResiliencePipeline _polly = new ResiliencePipelineBuilder().AddConcurrencyLimiter(1, 1).Build();
    private readonly SemaphoreSlim _semaphore = new(0);
    private readonly ChannelWorkers _channel = new(1, 1);
    private readonly EasyQueueAlgorithm _easyQueue = new(1, 1, 1);
    private readonly Lock _lock = new();

    [GlobalSetup]
    public void Fill()
    {
        for (var i = 0; i < 2; i++)
        {
            _ = _queue.EnterAsync().AsTask();
            _ = _limiter.AcquireAsync().AsTask();
            _ = _polly.ExecuteAsync(static async _ => await Never.Task).AsTask();
        }
        FillLoops(_channel.Push);
        FillLoops(_easyQueue.Push);
        if (_queue.TryEnter().IsAdmitted || _limiter.AttemptAcquire().IsAcquired)
            throw new InvalidOperationException("Something still had room.");
    }

    [Benchmark(Baseline = true, Description = "one lock, the floor", OperationsPerInvoke = Operations)]
    public int Floor()
    {
        var refused = 0;
        for (var i = 0; i < Operations; i++)
        {
            lock (_lock)
                refused++;
        }
        return refused;
    }

    [Benchmark(Description = PeerName.Ours, OperationsPerInvoke = Operations)]
    public async Task<int> Queue()
    {
        var refused = 0;
        for (var i = 0; i < Operations; i++)
        {
            using var lease = await _queue.EnterAsync();
            if (!lease.IsAdmitted)
                refused++;
        }
        return refused;
    }

    /// <summary>
    /// A semaphore has no limit on its waiters. Its closest equivalent is an attempt that does not wait.
    /// </summary>
    [Benchmark(Description = PeerName.Semaphore, OperationsPerInvoke = Operations)]
    public int Semaphore()
    {
        var refused = 0;
        for (var i = 0; i < Operations; i++)
        {
            if (!_semaphore.Wait(0))
                refused++;
        }
        return refused;
    }

    [Benchmark(Description = PeerName.Concurrency, OperationsPerInvoke = Operations)]
    public async Task<int> Limiter()
    {
        var refused = 0;
        for (var i = 0; i < Operations; i++)
        {
            using var lease = await _limiter.AcquireAsync();
            if (!lease.IsAcquired)
                refused++;
        }
        return refused;
    }

    [Benchmark(Description = PeerName.Polly, OperationsPerInvoke = 10)]
    public async Task<int> Polly()
    {
        var refused = 0;
        for (var i = 0; i < 10; i++)
        {
            try
            {
                await _polly.ExecuteAsync(static _ => ValueTask.CompletedTask);
            }
            catch (RateLimiterRejectedException)
            {
                refused++;
            }
        }
        return refused;
    }

    [Benchmark(Description = PeerName.Channel, OperationsPerInvoke = Operations)]
    public int Channel() => CountRefused(_channel.Push);

    [Benchmark(Description = PeerName.EasyQueue, OperationsPerInvoke = Operations)]
    public int EasyQueue() => CountRefused(_easyQueue.Push);

    private static int CountRefused(Func<Func<Task>, Task?> push)
    {
        var refused = 0;
        for (var i = 0; i < Operations; i++)
        {
            if (push(static () => Never.Task) is null)
                refused++;
        }
        return refused;
    }

    /// <summary>
    /// Fills the worker and the place of a peer with worker loops. Waits until the loop has taken the first job, so
    /// that the second job takes the place.
    /// </summary>
    private static void FillLoops(Func<Func<Task>, Task?> push)
    {
        var started = new TaskCompletionSource();
        push(() =>
        {
            started.SetResult();
            return Never.Task;
        });
        started.Task.Wait();
        push(static () => Never.Task);
    }
}
