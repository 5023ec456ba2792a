using System.Diagnostics.CodeAnalysis;

namespace QueueAdmission.Testing;

/// <summary>One node's connection to an <see cref="InMemoryLeaseStore"/>.</summary>
internal sealed class InMemoryLeaseStoreConnection(InMemoryLeaseStore server) : ILeaseStore
{
    private volatile bool _isDisposed;

    public string Name => "memory";

    public bool HasSignals => true;

    public LeaseStoreReading Read(LeaseStoreKey key)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return server.Read(key);
    }

    public bool TryWrite(
        LeaseStoreKey key,
        LeaseStoreReading expected,
        LeaseStoreWrite write,
        [NotNullWhen(false)] out LeaseStoreReading? current)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(write);
        current = server.Write(key, expected, write);
        return current is null;
    }

    public void Listen(string cluster, Action<LeaseStoreSignal> onSignal, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentNullException.ThrowIfNull(onSignal);
        using var listener = new InMemoryListener(cluster);
        server.Add(listener);
        try
        {
            listener.Run(onSignal, cancellationToken);
        }
        finally
        {
            server.Remove(listener);
        }
    }

    public void Dispose() => _isDisposed = true;
}
