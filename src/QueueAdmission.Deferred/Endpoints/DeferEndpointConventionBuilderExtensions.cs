using QueueAdmission.Deferred;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Extension methods that defer the requests of endpoints.</summary>
public static class DeferEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Accepts requests durably, answers them with 202, and later runs the same handler on the workers of a queue. The
    /// endpoint must also name the queue with <c>WithQueue</c>.
    /// </summary>
    /// <remarks>
    /// <para>Binding, validation, authorization and filters run before the request is stored, so a request that cannot
    /// succeed is answered at once. Filters run again when the handler runs. Call this method after all filters of the
    /// endpoint have been added. Otherwise the application does not start.</para>
    /// <para>The application must also call <c>AddDeferredJobs</c> with a store, and <c>MapDeferredJobs</c>.</para>
    /// <code>
    /// app.MapPost("/posts", Publish).WithQueue("posts").Defer();
    /// </code>
    /// </remarks>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">An endpoint, a group, or <c>MapControllers()</c>.</param>
    /// <param name="when">Which requests are deferred. Default <see cref="DeferWhen.Always"/>.</param>
    /// <param name="configure">Sets options for the endpoint. Default null: no changes.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="when"/> is not defined.</exception>
    public static TBuilder Defer<TBuilder>(
        this TBuilder builder, DeferWhen when = DeferWhen.Always, Action<DeferOptions>? configure = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!Enum.IsDefined(when))
        {
            throw new ArgumentOutOfRangeException(
                nameof(when), when, "Not defined; allowed: Always, Rejected, Preferred.");
        }
        var options = new DeferOptions();
        configure?.Invoke(options);
        builder.Add(endpoint =>
        {
            var deferred = new DeferredEndpoint(when, options);
            endpoint.Metadata.Add(deferred);
            endpoint.FilterFactories.Add(deferred.CreateFilter);
        });
        try
        {
            builder.Finally(static endpoint =>
            {
                foreach (var deferred in endpoint.Metadata.OfType<DeferredEndpoint>().ToList())
                {
                    deferred.Complete(endpoint);
                }
            });
        }
        catch (NotImplementedException)
        {
            // The builder belongs to other code, such as a proxy, and does not implement Finally. It supports no
            // filters either, which is reported when the application starts.
        }
        return builder;
    }
}
