namespace QueueAdmission;

/// <summary>Puts an endpoint behind a queue. On actions, controllers, Razor pages, minimal-API delegates, hubs and gRPC services; <c>WithQueue</c> adds the same metadata.</summary>
/// <remarks>
/// <para><c>[Queued("reports")]</c>, <c>[Queued("reports", Priority = JobPriority.High)]</c>, <c>[Queued("reports", Weight = 4)]</c>.</para>
/// <para>Where several apply to one endpoint the last one wins: an action's beats its controller's. <c>WithQueue</c> replaces the attributes of the endpoints that it
/// is added to, whether it is added to the endpoint, to its group or to <c>MapControllers()</c>. <see cref="DisableQueueAttribute"/> beats them all.</para>
/// </remarks>
/// <param name="queueName">The queue's name, compared without case. Default <c>default</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class QueuedAttribute(string queueName = JobQueue.DefaultName) : Attribute
{
    /// <summary>The queue's name.</summary>
    public string QueueName { get; } = queueName ?? throw new ArgumentNullException(nameof(queueName));

    /// <summary>
    /// How important the endpoint's requests are when they have to wait, and whom they displace when the queue is full. Default <see cref="JobPriority.Normal"/>. What
    /// <see cref="RequestQueueOptions.PriorityFrom"/> finds in a request comes first.
    /// </summary>
    public JobPriority Priority { get; init; } = JobPriority.Normal;

    /// <summary>
    /// How many workers each of its requests needs. Default 1; range 1 to the queue's <see cref="JobQueueOptions.Workers"/>, which is checked when the application starts. Where
    /// there are fewer workers later, the request takes all of them.
    /// </summary>
    public int Weight { get; init; } = 1;

    /// <summary>Whether it was added by <c>WithQueue</c>.</summary>
    internal bool IsConvention { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"Queued({QueueName})";
}
