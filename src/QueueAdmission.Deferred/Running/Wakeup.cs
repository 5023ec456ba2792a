namespace QueueAdmission.Deferred;

/// <summary>Lets a dedicated thread sleep for a time on the application's clock, or until it is woken.</summary>
/// <remarks>
/// The thread blocks in a timed wait, so it wakes in time even if the thread pool is starved. If the clock is not the
/// system clock, as in tests, a timer of that clock wakes the thread as well.
/// </remarks>
internal sealed class Wakeup : IDisposable
{
    private readonly AutoResetEvent _signal = new(false);
    private readonly ITimer? _timer;

    public Wakeup(TimeProvider time)
    {
        if (time != TimeProvider.System)
        {
            _timer = time.CreateTimer(_ => Wake(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Wake()
    {
        try
        {
            _signal.Set();
        }
        catch (ObjectDisposedException)
        {
            // The thread has ended.
        }
    }

    public void Sleep(TimeSpan longest)
    {
        var time = TimeSpan.FromMilliseconds(Math.Clamp(longest.TotalMilliseconds, 1, 60_000));
        _timer?.Change(time, Timeout.InfiniteTimeSpan);
        _signal.WaitOne(time);
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _signal.Dispose();
    }
}
