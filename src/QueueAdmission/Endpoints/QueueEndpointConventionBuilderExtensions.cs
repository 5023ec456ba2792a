using QueueAdmission;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Assigns endpoints and groups of endpoints to queues.</summary>
public static class QueueEndpointConventionBuilderExtensions
{
    private static readonly DisableQueueAttribute Disable = new();

    /// <summary>Puts the endpoints behind a queue.</summary>
    /// <remarks>
    /// <para>The call replaces every <see cref="QueuedAttribute"/> of these endpoints. It may be made on an endpoint,
    /// on a group or on <c>MapControllers()</c>. Of several calls, the one nearest to the endpoint applies. Of two
    /// calls at the same place, the last one applies. <see cref="DisableQueue"/> overrides all of them.</para>
    /// <para>Endpoints can have a common queue with exceptions. For that, write the exceptions with <c>WithQueue</c> as
    /// well, or use attributes and <c>FallbackQueue</c>.</para>
    /// <para>OpenAPI documents get the response of a refusal: the queue's
    /// <see cref="RequestQueueOptions.RejectionStatusCode"/>, and 429 where one caller alone can be refused. A response
    /// that the endpoint declares itself with the same status stays.</para>
    /// <para>A warning at start names the endpoints whose attribute is replaced by another queue.</para>
    /// </remarks>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">An endpoint or a group.</param>
    /// <param name="queueName">The queue's name, compared without case. Default <c>default</c>.</param>
    /// <param name="priority">
    /// The importance of their requests: see <see cref="QueuedAttribute.Priority"/>. Default
    /// <see cref="JobPriority.Normal"/>.
    /// </param>
    /// <param name="weight">
    /// How many workers each of their requests needs: see <see cref="QueuedAttribute.Weight"/>. Default 1; range 1 to
    /// the queue's <see cref="JobQueueOptions.Workers"/>, checked when the application starts.
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
