using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace QueueAdmission.Sqlite;

/// <summary>A lease store in a file that the processes of one host share.</summary>
internal sealed class SqliteLeaseStore : ILeaseStore
{
    /// <summary>
    /// The time for which calls fail after another host was found to use the file. Otherwise, each call of one host
    /// would take the file from the other host. Each takeover begins a learning phase, so no limit would be exceeded,
    /// but no worker would run either.
    /// </summary>
    private static readonly TimeSpan ForeignHostPause = TimeSpan.FromSeconds(30);

    // Each poll takes some microseconds. Polling is frequent for a while after a signal, and less frequent otherwise.
    private static readonly TimeSpan BusyInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan QuietInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly Host _host;
    private SqliteLeaseFile? _file;
    private TimeSpan? _foreignHostSeen;
    private volatile bool _isDisposed;

    /// <exception cref="OptionsValidationException">The path cannot be that of a file.</exception>
    public SqliteLeaseStore(string? path, Host host)
    {
        _path = Checked(path);
        _host = host;
    }

    public string Name => "sqlite";

    public bool HasSignals => true;

    public LeaseStoreReading Read(LeaseStoreKey key) => Run(file => file.Read(key));

    public bool TryWrite(
        LeaseStoreKey key,
        LeaseStoreReading expected,
        LeaseStoreWrite write,
        [NotNullWhen(false)] out LeaseStoreReading? current)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(write);
        current = Run(file =>
        {
            file.TryWrite(key, expected, write, out var refusal);
            return refusal;
        });
        return current is null;
    }

    public void Listen(string cluster, Action<LeaseStoreSignal> onSignal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(onSignal);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        try
        {
            using var file = SqliteLeaseFile.Open(_path, _host);
            Hear(file, cluster, onSignal, cancellationToken);
        }
        catch (Exception exception)
        {
            throw SqliteErrors.Translated(exception, _path);
        }
        ObjectDisposedException.ThrowIf(_isDisposed, this);
    }

    public void Dispose()
    {
        _isDisposed = true;
        lock (_gate)
        {
            Close();
        }
    }

    private static string Checked(string? path)
    {
        string? error = null;
        if (string.IsNullOrWhiteSpace(path))
        {
            error = "it is empty";
        }
        else if (path.Contains(":memory:", StringComparison.OrdinalIgnoreCase)
            || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            error = $"it is '{path}', which other processes may be unable to open";
        }
        else if (path.Contains('=', StringComparison.Ordinal)
            && path.Contains("Source", StringComparison.OrdinalIgnoreCase))
        {
            error = "it is a connection string";
        }
        else if (path.Contains('\0', StringComparison.Ordinal) || Path.EndsInDirectorySeparator(path))
        {
            error = $"it is '{path}', which is not a file";
        }
        return error is null
            ? Path.GetFullPath(path!)
            : throw new OptionsValidationException(
                "UseSqlite", typeof(string),
                [$"UseSqlite, path: {error}; allowed is the path of a file, for example /var/lib/shop/leases.db."]);
    }

    private void Hear(
        SqliteLeaseFile file, string cluster, Action<LeaseStoreSignal> onSignal, CancellationToken cancellationToken)
    {
        var number = file.LastSignal();
        var (version, lastSignal, lastCheck) = (file.DataVersion, TimeSpan.MinValue, _host.Now);
        onSignal(LeaseStoreSignal.Connected);
        while (!_isDisposed && !cancellationToken.IsCancellationRequested)
        {
            var now = _host.Now;
            var next = file.DataVersion;
            if (next != version)
            {
                version = next;
                var latest = file.HandOn(cluster, number, onSignal);
                lastSignal = latest == number ? lastSignal : now;
                number = latest;
            }
            if (now - lastCheck > TimeSpan.FromSeconds(1))
            {
                lastCheck = now;
                if (file.HasMoved)
                {
                    throw new LeaseStoreException(
                        LeaseStoreProblem.Unreachable, $"SQLite: {_path} was moved or deleted.");
                }
            }
            cancellationToken.WaitHandle.WaitOne(
                lastSignal != TimeSpan.MinValue && now - lastSignal < BusyFor ? BusyInterval : QuietInterval);
        }
    }

    private T Run<T>(Func<SqliteLeaseFile, T> call)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            try
            {
                if (_file is { HasMoved: true })
                {
                    Close();
                }
                if (_foreignHostSeen is { } seen && _host.Now - seen < ForeignHostPause)
                {
                    throw new LeaseStoreException(LeaseStoreProblem.Unusable, new ForeignHostException(_path).Message);
                }
                return call(_file ??= SqliteLeaseFile.Open(_path, _host));
            }
            catch (ForeignHostException exception)
            {
                Close();
                _foreignHostSeen = _host.Now;
                throw new LeaseStoreException(LeaseStoreProblem.Unusable, exception.Message, exception);
            }
            catch (Exception exception)
            {
                Close();
                throw SqliteErrors.Translated(exception, _path);
            }
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
