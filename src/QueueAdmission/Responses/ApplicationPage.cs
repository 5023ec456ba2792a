using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>
/// Answers browsers with a page of the application: runs the endpoint of a path for the rejected request. See
/// <see cref="QueuedAdmissionOptions.RejectionPagePath"/>.
/// </summary>
/// <remarks>
/// The endpoint is called directly, not through the pipeline. A rejected request has no worker, and the pipeline in
/// front of the queue would reject it once more.
/// </remarks>
internal sealed class ApplicationPage(string path) : IRejectionWriter
{
    // An endpoint data source returns the same list until its endpoints change. The page found in a list can be cached.
    private volatile Found? _found;

    public bool CanWrite(RejectionContext context) => context.Format == RejectionFormat.Page;

    public async ValueTask WriteAsync(RejectionContext context)
    {
        var http = context.HttpContext;
        var page = Find(http.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints)
            ?? throw new InvalidOperationException(
                $"RejectionPagePath is '{path}', but the application has no endpoint for GET with that path.");
        var request = http.Request;
        var (endpoint, values) = (http.GetEndpoint(), request.RouteValues);
        var (method, requestPath, query) = (request.Method, request.Path, request.QueryString);
        try
        {
            // The client's own request is not handled. The page therefore sees a GET of its path, without a query.
            if (!HttpMethods.IsHead(method))
            {
                request.Method = HttpMethods.Get;
            }
            (request.Path, request.QueryString, request.RouteValues) = (path, QueryString.Empty, ValuesOf(page));
            http.SetEndpoint(page);
            await page.RequestDelegate!(http);
        }
        finally
        {
            (request.Path, request.QueryString, request.RouteValues) = (requestPath, query, values);
            request.Method = method;
            http.SetEndpoint(endpoint);
        }
    }

    private RouteEndpoint? Find(IReadOnlyList<Endpoint> endpoints)
    {
        if (_found is { } found && ReferenceEquals(found.Endpoints, endpoints))
        {
            return found.Page;
        }
        var page = endpoints.OfType<RouteEndpoint>().Where(IsPage).MinBy(endpoint => endpoint.Order);
        _found = new Found(endpoints, page);
        return page;
    }

    private bool IsPage(RouteEndpoint endpoint) =>
        endpoint.RequestDelegate is not null
        && endpoint.RoutePattern.Parameters.Count == 0
        && string.Equals(
            endpoint.RoutePattern.RawText?.Trim('/'), path.Trim('/'), StringComparison.OrdinalIgnoreCase)
        && endpoint.Metadata.GetMetadata<ISuppressMatchingMetadata>()?.SuppressMatching is not true
        && AcceptsGet(endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []);

    private static bool AcceptsGet(IReadOnlyList<string> methods) =>
        methods.Count == 0 || methods.Contains(HttpMethods.Get, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Returns the values that routing would find. MVC and Razor Pages need them to identify their action.
    /// </summary>
    private static RouteValueDictionary ValuesOf(RouteEndpoint page)
    {
        var values = new RouteValueDictionary(page.RoutePattern.Defaults);
        foreach (var (name, value) in page.RoutePattern.RequiredValues)
        {
            if (value != RoutePattern.RequiredValueAny && value is not (null or ""))
            {
                values[name] = value;
            }
        }
        return values;
    }

    private sealed record Found(IReadOnlyList<Endpoint> Endpoints, RouteEndpoint? Page);
}
