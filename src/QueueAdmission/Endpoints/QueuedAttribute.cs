namespace QueueAdmission;

/// <summary>Puts an endpoint behind a queue. On actions, controllers, Razor pages, minimal-API delegates, hubs and gRPC services; <c>WithQueue</c> adds the same metadata.</summary>
/// <remarks>Where several apply to one endpoint the last one wins, as everywhere in ASP.NET Core: an action's beats its controller's. <see cref="DisableQueueAttribute"/> beats them all.</remarks>
/// <param name="queueName">The queue's name, compared without case. Default <c>default</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class QueuedAttribute(string queueName = JobQueue.DefaultName) : Attribute
{
    /// <summary>The queue's name.</summary>
    public string QueueName { get; } = queueName ?? throw new ArgumentNullException(nameof(queueName));

    /// <inheritdoc />
    public override string ToString() => $"Queued({QueueName})";
}
