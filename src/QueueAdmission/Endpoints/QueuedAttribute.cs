namespace QueueAdmission;

/// <summary>
/// Puts an endpoint behind a queue. The attribute has an effect on actions, controllers, Razor page models, minimal-API
/// handlers, hubs and gRPC services.
/// </summary>
/// <remarks>
/// <para>Of several attributes of one endpoint, the last one applies, as everywhere in ASP.NET Core. So the attribute
/// of an action overrides the attribute of its controller. <c>WithQueue</c> on the endpoint or its group overrides all
/// attributes. <see cref="DisableQueueAttribute"/> overrides both.</para>
/// <para>In an application with <c>AddQueuedAdmission</c>, OpenAPI documents get the responses of a refusal, as by
/// <c>WithQueue</c>.</para>
/// <code>
/// [Queued("reports")]
/// [Queued("reports", Priority = JobPriority.High)]
/// [Queued("reports", Weight = 4)]
/// </code>
/// </remarks>
/// <param name="queueName">The queue's name, compared without case. Default <c>default</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class QueuedAttribute(string queueName = JobQueue.DefaultName) : Attribute
{
    /// <summary>The queue's name.</summary>
    public string QueueName { get; } = queueName ?? throw new ArgumentNullException(nameof(queueName));

    /// <summary>
    /// The priority of the endpoint's requests. It decides which requests wait less, and which requests are displaced
    /// when the queue is full. Default <see cref="JobPriority.Normal"/>.
    /// </summary>
    /// <remarks>
    /// A priority that <see cref="RequestQueueOptions.PriorityFrom"/> finds in a request overrides this one.
    /// </remarks>
    public JobPriority Priority { get; init; } = JobPriority.Normal;

    /// <summary>
    /// How many workers each request of the endpoint needs. Default 1; range 1 to the queue's
    /// <see cref="JobQueueOptions.Workers"/>.
    /// </summary>
    /// <remarks>
    /// The range is checked when the application starts. If the queue has fewer workers later, a request takes all of
    /// them.
    /// </remarks>
    public int Weight { get; init; } = 1;

    /// <summary>Whether the object comes from <c>WithQueue</c> and not from an attribute.</summary>
    internal bool IsConvention { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"Queued({QueueName})";
}
