using System.Diagnostics;
using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>
/// Measures the time from a call to the start of its job in an idle queue with one worker, for different numbers of
/// partitions.
/// </summary>
/// <remarks>
/// The queue is idle between two jobs, so its threads sleep. <c>RunAsync</c> runs a job in the caller's flow, as
/// requests run. A job that is pushed to another thread has to wait until the operating system wakes that thread, with
/// any queue.
/// </remarks>
public class IdleDispatch
{
    private const int Jobs = 40;

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(3);

    private JobQueue _queue = null!;
    private ChannelWorkers _channel = null!;
    private EasyQueueAlgorithm _easyQueue = null!;

    [Params(1, 4, 16, 64)]
    public int Partitions { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _queue = new JobQueue(new JobQueueOptions { Workers = 1, Partitions = Partitions });
        _channel = new ChannelWorkers(100, 1);
        _easyQueue = new EasyQueueAlgorithm(Partitions, 100, 1);
    }

    [GlobalCleanup]
    public void Close()
    {
        _queue.Dispose();
        _channel.Dispose();
        _easyQueue.Dispose();
    }

    [Benchmark(Description = PeerName.Ours)]
    public Nanoseconds Queue() => MeanUntilStart(job => _queue.RunAsync(_ => job()));

    [Benchmark(Description = PeerName.Ours + ", pushed to another thread")]
    public Nanoseconds Pushed() => MeanUntilStart(job => _queue.Push(_ => job()).Completion);

    [Benchmark(Description = PeerName.Channel)]
    public Nanoseconds Channel() => MeanUntilStart(job => _channel.Push(job)!);

    [Benchmark(Baseline = true, Description = PeerName.EasyQueue)]
    public Nanoseconds EasyQueue() => MeanUntilStart(job => _easyQueue.Push(job)!);

    private static Nanoseconds MeanUntilStart(Func<Func<Task>, Task> push)
    {
        long total = 0;
        for (var i = 0; i < Jobs; i++)
        {
            Thread.Sleep(Rest);
            var pushed = Stopwatch.GetTimestamp();
            push(() =>
            {
                total += Stopwatch.GetTimestamp() - pushed;
                return Task.CompletedTask;
            }).Wait();
        }
        return new Nanoseconds(Stopwatch.GetElapsedTime(0, total).TotalNanoseconds / Jobs);
    }
}
