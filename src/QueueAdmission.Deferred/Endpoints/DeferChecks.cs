using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Deferred;

/// <summary>
/// Finds problems that prevent the requests of an endpoint from being deferred, before the server starts to listen.
/// </summary>
internal static class DeferChecks
{
    public const string AddLine =
        "builder.Services.AddQueuedAdmission().AddDeferredJobs(d => d.UseSqlite(\"Data Source=jobs.db\"))";

    /// <param name="endpoint">The endpoint.</param>
    /// <param name="queue">The queue of the endpoint, or null if it has none.</param>
    /// <param name="services">The services of the application.</param>
    /// <param name="hasFilter">Whether the filter that stores requests was built into the endpoint.</param>
    /// <param name="isLastFilter">Whether this filter is the last filter of the endpoint.</param>
    /// <param name="credentials">The headers with credentials that are parameters of the handler.</param>
    public static IEnumerable<string> Find(
        Endpoint endpoint, JobQueue? queue, IServiceProvider services, bool hasFilter, bool isLastFilter,
        IEnumerable<string> credentials)
    {
        var subject = $"The endpoint '{NameOf(endpoint)}' has Defer()";
        if (!services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(DeferredJobs)))
        {
            yield return $"{subject}, which needs AddDeferredJobs: {AddLine}.";
        }
        else if (services.GetRequiredService<DeferredJobs>() is { HasStore: false })
        {
            yield return $"{subject}, but AddDeferredJobs has no store. "
                + $"Install QueueAdmission.Sqlite, for example, and write: {AddLine}.";
        }
        else if (queue is not null)
        {
            // From startup on, the node asks the store for jobs of this queue, because an earlier process may have left
            // some.
            services.GetRequiredService<DeferredJobs>().StateOf(queue.Name);
        }
        if (queue is null || endpoint.Metadata.GetMetadata<QueuedAttribute>() is null)
        {
            yield return $"{subject}, but it names no queue: deferred requests run under the workers of a queue. "
                + "Call WithQueue(\"name\").";
        }
        if (StatusAddress.IsMissing(services))
        {
            yield return $"{subject}, but callers cannot get the outcome: call app.MapDeferredJobs(\"/jobs\").";
        }
        if (WhyNot(endpoint, hasFilter) is { } reason)
        {
            yield return $"{subject}, but {reason}.";
        }
        else if (!isLastFilter)
        {
            yield return $"{subject}, but a filter was added after it, which would not run before a request is "
                + "accepted: call Defer() after all filters, on the endpoint itself.";
        }
        foreach (var header in credentials)
        {
            yield return $"{subject}, but its handler has a parameter from the header {header}: credentials are never "
                + "stored, so the handler would not have them when it runs. Use the claims of HttpContext.User.";
        }
    }

    private static string? WhyNot(Endpoint endpoint, bool hasFilter)
    {
        var metadata = endpoint.Metadata;
        if (metadata.GetMetadata<HubMetadata>() is not null || metadata.GetMetadata<NegotiateMetadata>() is not null)
        {
            return "a hub is a connection, which cannot run later";
        }
        if (metadata.GetMetadata<PageActionDescriptor>() is not null)
        {
            return "Razor Pages have no filter between binding and handler that could store the request; "
                + "use an endpoint or a controller";
        }
        // The filters of a gRPC endpoint would run and answer a call with JSON. The type is compared by name, because
        // this package does not reference gRPC.
        if (metadata.Any(static item => item.GetType().FullName == "Grpc.AspNetCore.Server.GrpcMethodMetadata"))
        {
            return "a gRPC client expects a gRPC message and status, and a 202 has neither";
        }
        return hasFilter ? null : "it runs no filter that could store the request (a proxy, for example, does not); "
            + "use [Defer] on controllers, and Defer() on other endpoints";
    }

    private static string NameOf(Endpoint endpoint) =>
        endpoint.DisplayName ?? (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? endpoint.ToString() ?? "?";
}
