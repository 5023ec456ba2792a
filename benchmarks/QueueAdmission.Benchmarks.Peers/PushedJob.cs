namespace QueueAdmission.Benchmarks;

/// <summary>A job that a worker loop of a peer runs, with a task that completes when the job has ended.</summary>
internal sealed class PushedJob(Func<Task> job)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public async Task RunAsync()
    {
        try
        {
            await job().ConfigureAwait(false);
            _done.SetResult();
        }
#pragma warning disable CA1031 // The exception belongs to the code that pushed the job. The worker loop must continue.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _done.SetException(exception);
        }
    }
}
