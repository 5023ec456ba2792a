using Npgsql;

namespace QueueAdmission.PostgreSql;

/// <summary>
/// The connections for one kind of call. With separate lanes, status requests and the calls that accept jobs never wait
/// for each other.
/// </summary>
/// <remarks>
/// The calls are synchronous, on the calling thread, so they work while the thread pool is starved. After a failed call
/// the connection is closed, because its server may no longer be the primary.
/// </remarks>
internal sealed class JobLane : IDisposable
{
    private readonly SemaphoreSlim _free;
    private readonly Lock _gate = new();
    private readonly Lock _opening = new();
    private readonly Stack<NpgsqlConnection> _idle = new();
    private readonly Stores.BackgroundOpener<NpgsqlConnection> _opener;
    private readonly TimeSpan _patience;
    private bool _isDisposed;

    /// <param name="name">The name of the thread that connects.</param>
    /// <param name="size">The largest number of connections.</param>
    /// <param name="open">Opens a connection.</param>
    /// <param name="patience">The longest time that a call waits for a connection.</param>
    public JobLane(string name, int size, Func<NpgsqlConnection> open, TimeSpan patience)
    {
        _free = new SemaphoreSlim(size);
        _opener = new(name, open);
        _patience = patience;
    }

    /// <summary>Runs a call on a connection that no other call uses at the same time.</summary>
    /// <exception cref="TimeoutException">All connections were in use, or none could be opened in time.</exception>
    /// <exception cref="ObjectDisposedException">The lane has been disposed.</exception>
    public T Run<T>(Func<NpgsqlConnection, T> call)
    {
        if (!_free.Wait(_patience))
        {
            throw new TimeoutException($"all connections were in use for {_patience.TotalSeconds:0} s");
        }
        NpgsqlConnection? connection = null;
        try
        {
            connection = Take();
            var result = call(connection);
            Keep(connection);
            return result;
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        _opener.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
            while (_idle.TryPop(out var connection))
            {
                connection.Dispose();
            }
        }
    }

    private NpgsqlConnection Take()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_idle.TryPop(out var idle))
            {
                return idle;
            }
        }
        // The opener makes one attempt at a time, and the connection of an attempt belongs to one call.
        if (!_opening.TryEnter(_patience))
        {
            throw new TimeoutException($"no connection within {_patience.TotalSeconds:0} s");
        }
        try
        {
            return _opener.Open(_patience);
        }
        finally
        {
            _opening.Exit();
        }
    }

    private void Keep(NpgsqlConnection connection)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _idle.Push(connection);
                return;
            }
        }
        connection.Dispose();
    }
}
