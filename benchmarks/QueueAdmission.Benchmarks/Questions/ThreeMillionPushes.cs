using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>
/// Measures 3,000,000 pushes to 300 places while every worker is busy, and checks that the counters add up.
/// </summary>
public class ThreeMillionPushes
{
    private const int Pushes = 3_000_000;
    private const int Partitions = 10;
    private const int Capacity = 30;
    private const int Workers = 10;

    [Benchmark(Description = PeerName.Ours, OperationsPerInvoke = Pushes)]
    public async Task Queue()
    {
        using var queue = new JobQueue(new JobQueueOptions
        {
            Workers = Workers,
            Partitions = Partitions,
            PartitionCapacity = Capacity,
            MaxWait = Timeout.InfiniteTimeSpan,
        });
        var sale = new TaskCompletionSource();
        Func<CancellationToken, Task> job = _ => sale.Task;
        FromAllCores(() => _ = queue.Push(job));
        sale.SetResult();
        await queue.DrainAsync();
        var books = queue.GetSnapshot();
        if (books.Arrived != Pushes || books.Ran != Workers + (Partitions * Capacity)
            || books.Ran + books.Rejected != Pushes)
        {
            throw new InvalidOperationException(
                $"The books do not balance: {books.Ran} ran, {books.Rejected} rejected.");
        }
    }

    [Benchmark(Baseline = true, Description = PeerName.EasyQueue, OperationsPerInvoke = Pushes)]
    public void EasyQueue()
    {
        using var queue = new EasyQueueAlgorithm(Partitions, Capacity, Workers);
        var sale = new TaskCompletionSource();
        Func<Task> job = () => sale.Task;
        FromAllCores(() => _ = queue.Push(job));
        sale.SetResult();
    }

    [Benchmark(Description = PeerName.Channel, OperationsPerInvoke = Pushes)]
    public void Channel()
    {
        using var queue = new ChannelWorkers(Partitions * Capacity, Workers);
        var sale = new TaskCompletionSource();
        Func<Task> job = () => sale.Task;
        FromAllCores(() => _ = queue.Push(job));
        sale.SetResult();
    }

    private static void FromAllCores(Action push)
    {
        var threads = Environment.ProcessorCount;
        Parallel.For(0, threads, thread =>
        {
            for (var i = thread; i < Pushes; i += threads)
                push();
        });
    }
}
