using QueueAdmission;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Queues for endpoints and groups of endpoints.</summary>
public static class QueueEndpointConventionBuilderExtensions
{
    private static readonly DisableQueueAttribute Disable = new();

    /// <summary>Puts the endpoints behind a queue.</summary>
    /// <remarks>
    /// The nearest one wins: an endpoint's own, then that of its group, then that of the group around it. It replaces the attributes of the endpoints, also where it is added
    /// to a group or to <c>MapControllers()</c>. To give controllers a common queue with exceptions, use attributes, or <c>FallbackQueue</c>.
    /// </remarks>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">An endpoint or a group.</param>
    /// <param name="queueName">The queue's name, compared without case. Default <c>default</c>.</param>
    /// <param name="priority">How important their requests are: see <see cref="QueuedAttribute.Priority"/>.</param>
    /// <param name="weight">How many workers each of their requests needs: see <see cref="QueuedAttribute.Weight"/>.</param>
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
