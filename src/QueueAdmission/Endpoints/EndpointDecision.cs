namespace QueueAdmission;

/// <summary>What was decided about one endpoint, and for which set of queues. It holds as long as that set does.</summary>
/// <param name="Queues">The queues there were.</param>
/// <param name="Assignment">Null if requests of the endpoint are not queued.</param>
internal sealed record EndpointDecision(QueueSet Queues, QueueAssignment? Assignment);
