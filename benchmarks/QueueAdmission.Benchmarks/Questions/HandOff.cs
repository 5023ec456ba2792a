using System.Diagnostics;
using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>
/// How long does it take from the end of one job to the start of the next, which waits for its worker, by the number of
/// partitions?
/// </summary>
/// <remarks>
/// Every partition has a waiter, and one worker goes from job to job. With all peers a waiter resumes on the thread
/// pool, so the pool's part is included.
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

    /// <summary>Jobs in a row on one worker: each stops the clock, and starts it again for the next.</summary>
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
