using System.Threading.Channels;

namespace QueueAdmission.Benchmarks;

/// <summary>
/// A typical hand-written queue: one bounded channel, and a fixed number of loops that run the jobs in it.
/// </summary>
public sealed class ChannelWorkers : IDisposable
{
    private readonly Channel<PushedJob> _jobs;

    public ChannelWorkers(int capacity, int workers)
    {
        _jobs = Channel.CreateBounded<PushedJob>(capacity);
        for (var i = 0; i < workers; i++)
            _ = Task.Run(WorkAsync);
    }

    /// <summary>Returns a task that completes when the job has ended, or null if the channel is full.</summary>
    public Task? Push(Func<Task> job)
    {
        var pushed = new PushedJob(job);
        return _jobs.Writer.TryWrite(pushed) ? pushed.Done : null;
    }

    public void Dispose() => _jobs.Writer.Complete();

    private async Task WorkAsync()
    {
        await foreach (var job in _jobs.Reader.ReadAllAsync().ConfigureAwait(false))
            await job.RunAsync().ConfigureAwait(false);
    }
}
