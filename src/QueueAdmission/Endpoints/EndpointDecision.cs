using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// The decision for one endpoint, together with the set of queues for which it was made. The decision is valid while
/// that set is current. It does not keep the endpoint alive.
/// </summary>
internal sealed class EndpointDecision(Endpoint endpoint, QueueSet queues, QueueAssignment? assignment)
{
    private readonly WeakReference<Endpoint> _endpoint = new(endpoint);

    /// <summary>The set of queues for which the decision was made.</summary>
    public QueueSet Queues { get; } = queues;

    /// <summary>The assignment to a queue; null if requests of the endpoint are not queued.</summary>
    public QueueAssignment? Assignment { get; } = assignment;

    public bool IsGone => !_endpoint.TryGetTarget(out _);

    public bool IsOf(Endpoint other) => _endpoint.TryGetTarget(out var mine) && ReferenceEquals(mine, other);
}
