using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Questions;

/// <summary>Measures the cost of a job while the numbers of workers and partitions change continuously.</summary>
/// <remarks>
/// No peer supports this. A limiter has to be replaced and no longer counts its running jobs, and a semaphore cannot
/// shrink.
/// </remarks>
public class LiveResize
{
    public const string Never = "unchanged";
    public const string Often = "resized 1,000 times a second";

    private const int Operations = Flows.Count * Flows.JobsPerFlow;

    private readonly JobQueue _queue = new(
        new JobQueueOptions { Workers = 2, PartitionCapacity = Flows.Count, MaxWait = Timeout.InfiniteTimeSpan });

    [Benchmark(Baseline = true, Description = Never, OperationsPerInvoke = Operations)]
    public Task Unchanged() => Flows.RunAsync(FlowAsync, _queue.Pause, _queue.Resume);

    [Benchmark(Description = Often, OperationsPerInvoke = Operations)]
    public async Task Resized()
    {
        var step = 0;
        await using (new Timer(_ => Resize(step++), null, 0, 1))
            await Flows.RunAsync(FlowAsync, _queue.Pause, _queue.Resume);
        _queue.Update(static settings => (settings.Workers, settings.Partitions) = (2, 1));
    }

    private void Resize(int step) =>
        _queue.Update(settings => (settings.Workers, settings.Partitions) = (1 + (step % 4), 1 + (step % 3)));

    private async Task FlowAsync()
    {
        for (var i = 0; i < Flows.JobsPerFlow; i++)
        {
            using var lease = await _queue.EnterAsync();
            if (!lease.IsAdmitted)
                throw new InvalidOperationException("A waiter was lost.");
        }
    }
}
