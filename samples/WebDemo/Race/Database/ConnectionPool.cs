using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace WebDemo;

/// <summary>
/// A fixed number of open connections. A statement that finds none free waits in line, and fails when it has waited too
/// long, as with the pools of SQL Server, PostgreSQL and MySQL.
/// </summary>
/// <remarks>
/// SQLite's own pool has no upper bound, because its database is a file on the same machine. This pool therefore
/// replaces it.
/// </remarks>
internal sealed class ConnectionPool : IDisposable
{
    private readonly ConcurrentStack<SqliteConnection> _free = [];
    private readonly SemaphoreSlim _permits;
    private readonly TimeSpan _wait;
    private readonly TimeProvider _time;
    private int _waiting;
    private int _mostWaiting;

    public ConnectionPool(string file, int connections, TimeSpan wait, TimeProvider time)
    {
        (Size, _wait, _time) = (connections, wait, time);
        _permits = new SemaphoreSlim(connections);
        for (var i = 0; i < connections; i++)
            _free.Push(Open(file));
    }

    public int Size { get; }

    /// <summary>The number of connections that statements hold now.</summary>
    public int Busy => Size - _permits.CurrentCount;

    /// <summary>The number of statements that wait for a connection.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>
    /// The largest number of statements that have waited at once since <see cref="ResetMostWaiting"/>.
    /// </summary>
    public int MostWaiting => Volatile.Read(ref _mostWaiting);

    public void ResetMostWaiting() => Volatile.Write(ref _mostWaiting, 0);

    /// <summary>Takes a connection. Disposing the result returns it to the pool.</summary>
    /// <param name="left">Ends the wait early when the client has left.</param>
    /// <exception cref="PoolExhaustedException">No connection was free in time.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="left"/> was cancelled.</exception>
    public async Task<Rented> RentAsync(CancellationToken left)
    {
        left.ThrowIfCancellationRequested();
        if (!_permits.Wait(0, CancellationToken.None))
            await WaitAsync(left);
        return _free.TryPop(out var connection)
            ? new Rented(this, connection)
            : throw new InvalidOperationException("A permit was given without a connection.");
    }

    /// <summary>Opens a connection to a file.</summary>
    public static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        // With WAL, readers do not wait for the writer. A second writer tries again and again for up to 5 s.
        command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000";
        command.ExecuteNonQuery();
        return connection;
    }

    public void Dispose()
    {
        foreach (var connection in _free)
            connection.Dispose();
        _permits.Dispose();
    }

    private async Task WaitAsync(CancellationToken left)
    {
        using var tooLong = new CancellationTokenSource(_wait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, left);
        Remember(Interlocked.Increment(ref _waiting));
        try
        {
            await _permits.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!left.IsCancellationRequested)
        {
            throw new PoolExhaustedException(Size, _wait);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private void Remember(int waiting)
    {
        int most;
        while (waiting > (most = Volatile.Read(ref _mostWaiting))
            && Interlocked.CompareExchange(ref _mostWaiting, waiting, most) != most)
        {
        }
    }

    /// <summary>A connection that one statement holds.</summary>
    internal readonly struct Rented(ConnectionPool pool, SqliteConnection connection) : IDisposable
    {
        public SqliteConnection Connection => connection;

        // Returns the connection before the permit, so that the next holder of the permit finds a connection.
        public void Dispose()
        {
            pool._free.Push(connection);
            pool._permits.Release();
        }
    }
}
