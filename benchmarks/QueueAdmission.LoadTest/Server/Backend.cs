namespace QueueAdmission.LoadTest.Server;

/// <summary>
/// The resource that the queue protects: eight slots, such as a database's connections. A job occupies one slot for 10
/// ms, and waits for a slot if all are in use.
/// </summary>
internal sealed class Backend
{
    public const int Slots = 8;
    public const int Milliseconds = 10;

    private readonly SemaphoreSlim _slots = new(Slots);
    private int _finished;
    private int _wasted;

    public int Finished => Volatile.Read(ref _finished);

    /// <summary>The number of jobs that finished after their client had left.</summary>
    public int Wasted => Volatile.Read(ref _wasted);

    public async Task WorkAsync(CancellationToken clientLeft)
    {
        await _slots.WaitAsync(CancellationToken.None);
        try
        {
            await Task.Delay(Milliseconds, CancellationToken.None);
        }
        finally
        {
            _slots.Release();
        }
        Interlocked.Increment(ref _finished);
        if (clientLeft.IsCancellationRequested)
            Interlocked.Increment(ref _wasted);
    }
}
