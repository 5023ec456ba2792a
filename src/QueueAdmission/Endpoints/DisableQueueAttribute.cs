namespace QueueAdmission;

/// <summary>
/// Excludes an endpoint from all queues. It overrides the queue of a group or a controller, and the fallback queue.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class DisableQueueAttribute : Attribute;
