namespace QueueAdmission.Sqlite;

/// <summary>A lock that threads receive in the order in which they requested it.</summary>
/// <remarks>
/// The thread that accepts jobs requests the lock again at once. It would nearly always win a plain lock, and the
/// thread that runs jobs would wait for many batches.
/// </remarks>
internal sealed class FairGate
{
    private readonly object _monitor = new();
    private long _next;
    private long _current;

    public T Run<T>(Func<T> call)
    {
        lock (_monitor)
        {
            var ticket = _next++;
            while (ticket != _current)
            {
                Monitor.Wait(_monitor);
            }
        }
        try
        {
            return call();
        }
        finally
        {
            lock (_monitor)
            {
                _current++;
                Monitor.PulseAll(_monitor);
            }
        }
    }
}
