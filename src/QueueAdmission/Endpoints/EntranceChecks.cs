using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// Finds endpoints that name a queue but whose requests never reach <c>UseQueuedAdmission</c>. Endpoints that can be
/// recognised only by their requests are left to <see cref="PassageWatch"/>.
/// </summary>
internal static class EntranceChecks
{
    private const string WriteIt =
        "Call app.UseQueuedAdmission() after app.UseRouting() and before the endpoints.";

    private const string Otherwise = "If it is meant to run without a queue, call DisableQueue() on it.";

    public static IEnumerable<string> FindProblems(
        IReadOnlyList<Entrance> entrances, EndpointDataSource source, IServiceProvider services, ILogger logger)
    {
        var found = (source is CompositeEndpointDataSource all ? all.DataSources : [source])
            .SelectMany(part => EndpointDiscovery.Expand(part.Endpoints, services, logger)
                .Where(endpoint => QueueMetadata.FindQueueOf(endpoint) is not null)
                .Select(endpoint => FindProblem(
                    endpoint, [.. entrances.Where(entrance => entrance.Covers(part))], entrances.Count > 0)));
        return found.OfType<string>().Concat(MvcWithoutEndpoints.FindProblems(source, services));
    }

    public static string DescribeMissing(string endpoint) =>
        $"The endpoint '{endpoint}' names a queue, but UseQueuedAdmission is called nowhere, so nothing limits it. " +
        $"{WriteIt} {Otherwise}";

    public static string DescribeMissingForFallback(string queue) =>
        $"The queue '{queue}' is the FallbackQueue, but UseQueuedAdmission is called nowhere, " +
        $"so it takes no endpoint. {WriteIt}";

    /// <param name="endpoint">An endpoint that names a queue.</param>
    /// <param name="covering">
    /// The entrances in pipelines whose routing knows the endpoint: see <see cref="Entrance.Covers"/>.
    /// </param>
    /// <param name="any">Whether the application has any entrance.</param>
    private static string? FindProblem(Endpoint endpoint, IReadOnlyList<Entrance> covering, bool any)
    {
        var name = EndpointChecks.NameOf(endpoint);
        if (!any)
        {
            return DescribeMissing(name);
        }
        if (ShortCircuit.Is(endpoint))
        {
            return $"The endpoint '{name}' names a queue, but ShortCircuit() has routing run it before " +
                $"UseQueuedAdmission. Remove ShortCircuit(). {Otherwise}";
        }
        if (LosesConventions(endpoint))
        {
            return $"The endpoint '{name}' names a queue, but ASP.NET Core replaces it by the action or page that it " +
                "leads to, and the name of the queue is lost. Put [Queued] on that action, its controller " +
                "or the page's model.";
        }
        if (covering.Count == 0)
        {
            return $"The endpoint '{name}' names a queue, but it is mapped in a branch with its own routing, " +
                "where UseQueuedAdmission is missing. Call UseQueuedAdmission() in that branch, between its " +
                $"UseRouting() and its UseEndpoints(). {Otherwise}";
        }
        if (covering.Any(entrance => !entrance.IsBehindEndpoints && !entrance.IsBeforeRouting))
        {
            return null;
        }
        return covering.Any(entrance => entrance.IsBehindEndpoints)
            ? $"The endpoint '{name}' names a queue, but UseQueuedAdmission is called after UseEndpoints, which " +
                "runs the endpoint. Move app.UseQueuedAdmission() between app.UseRouting() and app.UseEndpoints(…)."
            : $"The endpoint '{name}' names a queue, but UseQueuedAdmission is called before UseRouting, so it sees " +
                "no endpoint. Move app.UseQueuedAdmission() to a place after app.UseRouting().";
    }

    /// <summary>
    /// Returns whether the endpoint is a fallback or a dynamic route to an action or a page. MVC replaces such an
    /// endpoint while routing matches a request. What conventions added to the endpoint is then lost.
    /// </summary>
    private static bool LosesConventions(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IDynamicEndpointMetadata>() is { IsDynamic: true } dynamic
        && dynamic.GetType().FullName?.StartsWith("Microsoft.AspNetCore.Mvc.", StringComparison.Ordinal) == true;
}
