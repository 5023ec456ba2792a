namespace QueueAdmission.Benchmarks;

/// <summary>A job that a peer's worker loop runs, and the task that its owner awaits meanwhile.</summary>
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
#pragma warning disable CA1031 // The exception belongs to the caller that pushed the job; the worker loop goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _done.SetException(exception);
        }
    }
}
