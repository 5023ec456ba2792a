namespace QueueAdmission.Protocols.Hosting;

/// <summary>A gate in a handler. Each request waits at the gate until the test opens it.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;

    /// <summary>The number of requests that have reached the gate so far, open or not.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    public Task PassAsync()
    {
        Interlocked.Increment(ref _arrived);
        return _open.Task;
    }

    public void Open() => _open.TrySetResult();

    public Task UntilArrivedAsync(int count) =>
        Patience.UntilAsync(() => Arrived == count, $"{count} stand at the gate");
}
