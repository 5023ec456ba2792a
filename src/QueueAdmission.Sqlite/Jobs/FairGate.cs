namespace QueueAdmission.Sqlite;

/// <summary>A lock that is given in the order in which it was asked for.</summary>
/// <remarks>
/// The thread that accepts jobs asks again at once. With a plain lock it would win nearly always, and the thread that
/// runs jobs would wait for many batches.
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
