using System.Collections.Concurrent;

namespace QueueAdmission.Sqlite;

/// <summary>
/// The connections that read. Each call uses one connection exclusively, so calls do not wait for each other.
/// </summary>
internal sealed class ReaderPool(SqliteJobSettings settings, Host host) : IDisposable
{
    private const int MaxKept = 8;

    private readonly ConcurrentBag<SqliteJobReader> _readers = [];
    private volatile bool _isDisposed;

    public T Run<T>(Func<SqliteJobReader, T> call)
    {
        SqliteJobReader? reader = null;
        try
        {
            while (_readers.TryTake(out reader) && reader.HasMoved)
            {
                reader.Dispose();
            }
            reader ??= new SqliteJobReader(settings, host);
            var result = call(reader);
            Keep(reader);
            return result;
        }
        catch
        {
            // After a failed call, the connection is not used again.
            reader?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        CloseAll();
    }

    private void Keep(SqliteJobReader reader)
    {
        if (_readers.Count >= MaxKept)
        {
            reader.Dispose();
            return;
        }
        _readers.Add(reader);
        if (_isDisposed)
        {
            CloseAll();
        }
    }

    private void CloseAll()
    {
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }
}
