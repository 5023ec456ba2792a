using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission.Deferred;

/// <summary>Finds the endpoint of a stored request, even if another deployment accepted the request.</summary>
/// <remarks>
/// The name of the endpoint decides if the request has stored one and an endpoint with that name still exists.
/// Otherwise method and pattern decide. If several endpoints have the same method and pattern, the display name
/// decides. An endpoint that no longer defers requests is found as well.
/// </remarks>
internal sealed class RouteTable
{
    private readonly EndpointDataSource _source;
    private volatile ConcurrentDictionary<RouteIdentity, Endpoint?> _found = new();

    public RouteTable(EndpointDataSource source)
    {
        _source = source;
        ChangeToken.OnChange(source.GetChangeToken, () => _found = new());
    }

    /// <summary>Returns the identity of the endpoint of a request.</summary>
    public static RouteIdentity IdentityOf(Endpoint? endpoint, string method) => new(
        method,
        (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "",
        endpoint?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName,
        endpoint?.DisplayName);

    /// <returns>The endpoint, or null if it no longer exists.</returns>
    public Endpoint? Find(RouteIdentity route)
    {
        var found = _found;
        if (!found.TryGetValue(route, out var endpoint))
        {
            found[route] = endpoint = Search(route);
        }
        return endpoint;
    }

    private RouteEndpoint? Search(RouteIdentity route)
    {
        var candidates = _source.Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RequestDelegate is not null && Takes(endpoint, route.Method)).ToList();
        if (route.EndpointName is not null)
        {
            var named = candidates.FirstOrDefault(
                endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == route.EndpointName);
            if (named is not null)
            {
                return named;
            }
        }
        var same = candidates.Where(endpoint => endpoint.RoutePattern.RawText == route.Pattern).ToList();
        return same.Count == 1 ? same[0] : same.Find(endpoint => endpoint.DisplayName == route.DisplayName);
    }

    private static bool Takes(Endpoint endpoint, string method) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is not { HttpMethods: { Count: > 0 } methods }
            || methods.Contains(method, StringComparer.OrdinalIgnoreCase);
}
