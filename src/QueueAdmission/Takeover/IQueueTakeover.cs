using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// Metadata of an endpoint whose requests a package takes over, before they enter the queue or when the queue has
/// rejected them.
/// </summary>
/// <remarks>
/// <para>This is for packages such as QueueAdmission.Deferred. The last metadata of this type applies. It is looked up
/// once for each endpoint. Endpoints without it are not affected.</para>
/// <para>A request that a package takes over gets no worker of the queue. The package itself must bound the number of
/// such requests.</para>
/// </remarks>
public interface IQueueTakeover
{
    /// <summary>
    /// Finds what prevents the endpoint from working. Called for each endpoint when the application starts.
    /// </summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="queue">The queue of the endpoint; null if it has none.</param>
    /// <param name="services">The services of the application.</param>
    /// <returns>
    /// Problems that stop the start of the application. Each text names the endpoint and says how to correct it.
    /// </returns>
    IEnumerable<string> FindProblems(Endpoint endpoint, JobQueue? queue, IServiceProvider services);

    /// <summary>Called for each request before it enters the queue.</summary>
    /// <param name="context">The request.</param>
    /// <param name="endpoint">The endpoint and its queue.</param>
    /// <param name="next">The rest of the pipeline.</param>
    /// <returns>A task that ends when the request has been answered. Null to let the request enter the queue.</returns>
    Task? TakeBeforeQueue(HttpContext context, QueuedEndpoint endpoint, RequestDelegate next);

    /// <summary>
    /// Called for each request that the queue rejects, before anything is answered. The body of the request is unread.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="endpoint">The endpoint and its queue.</param>
    /// <param name="rejection">The rejection.</param>
    /// <param name="next">The rest of the pipeline.</param>
    /// <returns>A task that ends when the request has been answered. Null to answer it as rejected.</returns>
    Task? TakeRefusal(
        HttpContext context, QueuedEndpoint endpoint, IQueueRejectionFeature rejection, RequestDelegate next);
}
