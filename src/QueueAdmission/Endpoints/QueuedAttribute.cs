namespace QueueAdmission;

/// <summary>
/// Puts an endpoint behind a queue. The attribute can be used on actions, controllers, Razor page models, minimal-API
/// handlers, hubs and gRPC services.
/// </summary>
/// <remarks>
/// <para>If an endpoint has several attributes, the last one applies, as usual in ASP.NET Core. The attribute of an
/// action therefore overrides the attribute of its controller. <c>WithQueue</c> on the endpoint or its group overrides
/// all attributes. <see cref="DisableQueueAttribute"/> overrides both.</para>
/// <para>If the application calls <c>AddQueuedAdmission</c>, OpenAPI documents get the responses for a refused request,
/// as with <c>WithQueue</c>.</para>
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
    /// The priority of the endpoint's requests. It determines which requests wait less, and which requests are
    /// displaced when the queue is full. Default <see cref="JobPriority.Normal"/>.
    /// </summary>
    /// <remarks>
    /// A priority that <see cref="RequestQueueOptions.PriorityFrom"/> finds in a request overrides this one.
    /// </remarks>
    public JobPriority Priority { get; init; } = JobPriority.Normal;

    /// <summary>
    /// How many workers each request of the endpoint needs. Default 1; range 1 to the workers that the queue allows for
    /// one request.
    /// </summary>
    /// <remarks>
    /// <para>A queue allows one request as many workers as <see cref="JobQueueOptions.Workers"/>, or
    /// <see cref="JobQueueOptions.MaxWorkers"/> with <see cref="JobQueueOptions.AdaptiveWorkers"/>, but not more than
    /// <see cref="JobQueueOptions.MaxWorkersPerKey"/>.</para>
    /// <para>The range is checked when the application starts. If the queue allows fewer workers later, a request needs
    /// only as many as the queue allows.</para>
    /// </remarks>
    public int Weight { get; init; } = 1;

    /// <summary>Whether the object was created by <c>WithQueue</c> and is not an attribute in the code.</summary>
    internal bool IsConvention { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"Queued({QueueName})";
}
