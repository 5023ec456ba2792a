using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission.Deferred;

/// <summary>Finds the endpoint of a stored request, also in another deployment than the one that accepted it.</summary>
/// <remarks>
/// The name of an endpoint decides, if it has one. Otherwise method and pattern decide, and the display name where
/// several endpoints have both in common. An endpoint that is no longer deferred is found as well.
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

    /// <summary>The identity of the endpoint of a request.</summary>
    public static RouteIdentity IdentityOf(Endpoint? endpoint, string method) => new(
        method,
        (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "",
        endpoint?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName,
        endpoint?.DisplayName);

    /// <returns>Null if there is no such endpoint any more.</returns>
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
