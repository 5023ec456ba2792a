using QueueAdmission;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Assigns endpoints and groups of endpoints to queues.</summary>
public static class QueueEndpointConventionBuilderExtensions
{
    private static readonly DisableQueueAttribute Disable = new();

    /// <summary>Puts the endpoints behind a queue.</summary>
    /// <remarks>
    /// <para>The method can be called on an endpoint, on a group or on <c>MapControllers()</c>. It replaces every
    /// <see cref="QueuedAttribute"/> of these endpoints. If there are several calls, the call nearest to the endpoint
    /// applies. If two calls are made on the same builder, the last call applies. <see cref="DisableQueue"/> overrides
    /// all of them.</para>
    /// <para>To give the endpoints of a group one queue with exceptions, call <c>WithQueue</c> on the group and on the
    /// exceptions. Alternatively, use attributes for the exceptions and <c>FallbackQueue</c> for all other
    /// endpoints.</para>
    /// <para>OpenAPI documents get the responses for a refused request: the
    /// <see cref="RequestQueueOptions.RejectionStatusCode"/> of the queue, and 429 if the queue can refuse a single
    /// caller. If the endpoint already declares a response with the same status, that response stays.</para>
    /// <para>A warning at startup names the endpoints whose attribute names another queue than this call.</para>
    /// </remarks>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">An endpoint or a group.</param>
    /// <param name="queueName">The queue's name, compared without case. Default <c>default</c>.</param>
    /// <param name="priority">
    /// The priority of the requests: see <see cref="QueuedAttribute.Priority"/>. Default
    /// <see cref="JobPriority.Normal"/>.
    /// </param>
    /// <param name="weight">
    /// How many workers each request needs: see <see cref="QueuedAttribute.Weight"/>. Default 1; range 1 to the workers
    /// that the queue allows for one request. The range is checked when the application starts.
    /// </param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/> or <paramref name="queueName"/> is null.
    /// </exception>
    public static TBuilder WithQueue<TBuilder>(
        this TBuilder builder,
        string queueName = JobQueue.DefaultName,
        JobPriority priority = JobPriority.Normal,
        int weight = 1)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var queued = new QueuedAttribute(queueName) { Priority = priority, Weight = weight, IsConvention = true };
        builder.Add(endpoint => endpoint.Metadata.Add(queued));
        ForgottenEntrance.AddTo(builder);
        RefusalDescription.AddTo(builder, queued);
        return builder;
    }

    /// <summary>
    /// Excludes the endpoints from all queues. It overrides <c>WithQueue</c>, attributes and the fallback queue.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">An endpoint or a group.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static TBuilder DisableQueue<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Add(static endpoint => endpoint.Metadata.Add(Disable));
        return builder;
    }
}
