using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>What was decided about one endpoint, and for which set of queues. It holds as long as that set does, and keeps no endpoint alive.</summary>
internal sealed class EndpointDecision(Endpoint endpoint, QueueSet queues, QueueAssignment? assignment)
{
    private readonly WeakReference<Endpoint> _endpoint = new(endpoint);

    /// <summary>The queues there were.</summary>
    public QueueSet Queues { get; } = queues;

    /// <summary>Null if requests of the endpoint are not queued.</summary>
    public QueueAssignment? Assignment { get; } = assignment;

    public bool IsGone => !_endpoint.TryGetTarget(out _);

    public bool IsOf(Endpoint other) => _endpoint.TryGetTarget(out var mine) && ReferenceEquals(mine, other);
}
