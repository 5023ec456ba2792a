namespace QueueAdmission.Protocols.Hosting;

/// <summary>A door in a handler: whoever comes stands before it until the test opens it.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;

    /// <summary>How many have come so far, whether the door was open or not.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    public Task PassAsync()
    {
        Interlocked.Increment(ref _arrived);
        return _open.Task;
    }

    public void Open() => _open.TrySetResult();

    public Task UntilArrivedAsync(int count) => Patience.UntilAsync(() => Arrived == count, $"{count} stand at the gate");
}
