namespace QueueAdmission.LoadTest.Server;

/// <summary>
/// What the queue protects: eight slots of 10 ms each, such as a database's connections. A job that finds all in use
/// waits for one.
/// </summary>
internal sealed class Backend
{
    public const int Slots = 8;
    public const int Milliseconds = 10;

    private readonly SemaphoreSlim _slots = new(Slots);
    private int _finished;
    private int _wasted;

    public int Finished => Volatile.Read(ref _finished);

    /// <summary>Jobs that were finished after their client had left.</summary>
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
