using QueueAdmission;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Queues for endpoints and groups of endpoints.</summary>
public static class QueueEndpointConventionBuilderExtensions
{
    private static readonly DisableQueueAttribute Disable = new();

    /// <summary>Puts the endpoints behind a queue.</summary>
    /// <remarks>
    /// <para>It replaces every <see cref="QueuedAttribute"/> of these endpoints, whether it is added to an endpoint, to
    /// a group or to <c>MapControllers()</c>. Among several <c>WithQueue</c> the nearest to the endpoint wins, and of
    /// two at the same place the last. <see cref="DisableQueue"/> beats them all.</para>
    /// <para>So to give endpoints a common queue with exceptions, write the exceptions with <c>WithQueue</c> as well,
    /// or use attributes and <c>FallbackQueue</c>. A warning at start names the endpoints whose attribute is replaced
    /// by another queue.</para>
    /// </remarks>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">An endpoint or a group.</param>
    /// <param name="queueName">The queue's name, compared without case. Default <c>default</c>.</param>
    /// <param name="priority">How important their requests are: see <see cref="QueuedAttribute.Priority"/>.</param>
    /// <param name="weight">
    /// How many workers each of their requests needs: see <see cref="QueuedAttribute.Weight"/>.
    /// </param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static TBuilder WithQueue<TBuilder>(
        this TBuilder builder, string queueName = JobQueue.DefaultName, JobPriority priority = JobPriority.Normal, int weight = 1)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var queued = new QueuedAttribute(queueName) { Priority = priority, Weight = weight, IsConvention = true };
        builder.Add(endpoint => endpoint.Metadata.Add(queued));
        ForgottenEntrance.LookFor(builder);
        return builder;
    }

    /// <summary>Keeps the endpoints out of every queue, whatever else says otherwise.</summary>
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
