namespace QueueAdmission;

/// <summary>Keeps an endpoint out of every queue, whatever its group, its controller or the fallback queue says.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class DisableQueueAttribute : Attribute;
