using System.Collections.Concurrent;

namespace QueueAdmission.Testing;

/// <summary>The signals that one listening node has not received yet.</summary>
internal sealed class InMemoryListener(string cluster) : IDisposable
{
    private readonly BlockingCollection<LeaseStoreSignal> _signals = [];
    private volatile LeaseStoreException? _failure;

    public string Cluster => cluster;

    public void Add(LeaseStoreSignal signal) => _signals.Add(signal);

    /// <summary>Ends the listening with an error, because the connection is lost.</summary>
    public void Fail(LeaseStoreException failure)
    {
        _failure = failure;
        _signals.CompleteAdding();
    }

    /// <summary>Calls <paramref name="onSignal"/> for each signal until the token is cancelled.</summary>
    public void Run(Action<LeaseStoreSignal> onSignal, CancellationToken cancellationToken)
    {
        onSignal(LeaseStoreSignal.Connected);
        try
        {
            foreach (var signal in _signals.GetConsumingEnumerable(cancellationToken))
            {
                onSignal(signal);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        if (_failure is { } failure)
        {
            throw new LeaseStoreException(failure.Problem, failure.Message);
        }
    }

    public void Dispose() => _signals.Dispose();
}
