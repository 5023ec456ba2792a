using System.Diagnostics;
using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>
/// Measures the time from the end of one job to the start of the next, which is waiting for the worker, for different
/// numbers of partitions.
/// </summary>
/// <remarks>
/// Each partition has one waiter, and a single worker passes from job to job. All peers resume a waiter on the thread
/// pool, so the time includes the pool's part.
/// </remarks>
public class HandOff
{
    private const int Rounds = 20;

    private JobQueue _queue = null!;
    private SemaphoreSlim _semaphore = null!;

    [Params(1, 4, 16, 64)]
    public int Partitions { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _queue = new JobQueue(
            new JobQueueOptions { Workers = 1, Partitions = Partitions, MaxWait = Timeout.InfiniteTimeSpan });
        _semaphore = new SemaphoreSlim(1);
    }

    [GlobalCleanup]
    public void Close()
    {
        _queue.Dispose();
        _semaphore.Dispose();
    }

    [Benchmark(Description = PeerName.Ours)]
    public Nanoseconds Queue()
    {
        return MeanUntilNext(
            hold: () => _queue.TryEnter().Dispose,
            waiter: async relay =>
            {
                using var lease = await _queue.EnterAsync();
                relay.Arrive();
            });
    }

    [Benchmark(Baseline = true, Description = PeerName.Semaphore)]
    public Nanoseconds Semaphore()
    {
        return MeanUntilNext(
            hold: () =>
            {
                _semaphore.Wait();
                return () => _semaphore.Release();
            },
            waiter: async relay =>
            {
                await _semaphore.WaitAsync();
                relay.Arrive();
                _semaphore.Release();
            });
    }

    private Nanoseconds MeanUntilNext(Func<Action> hold, Func<Relay, Task> waiter)
    {
        var relay = new Relay();
        for (var round = 0; round < Rounds; round++)
        {
            var release = hold();
            var waiters = new Task[Partitions];
            for (var i = 0; i < waiters.Length; i++)
                waiters[i] = waiter(relay);
            relay.Start();
            release();
            Task.WaitAll(waiters);
        }
        return relay.Mean;
    }

    /// <summary>
    /// Measures a chain of jobs on one worker. Each job stops the clock when it starts, and restarts it for the next
    /// one.
    /// </summary>
    private sealed class Relay
    {
        private long _since;
        private long _total;
        private int _count;

        public Nanoseconds Mean => new(Stopwatch.GetElapsedTime(0, _total).TotalNanoseconds / _count);

        public void Start() => _since = Stopwatch.GetTimestamp();

        public void Arrive()
        {
            var now = Stopwatch.GetTimestamp();
            _total += now - _since;
            _count++;
            Start();
        }
    }
}
