using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission;

/// <summary>
/// One call of <c>UseQueuedAdmission</c>, and its position in the application's pipeline or in a branch.
/// </summary>
/// <remarks>
/// The position is derived from the routes of the builder, because a builder does not show the order of its middleware.
/// <c>UseEndpoints</c> adds these routes to the injected data source. If they are in the source when
/// <c>UseQueuedAdmission</c> is called, <c>UseEndpoints</c> was called before.
/// </remarks>
internal sealed class Entrance
{
    // The keys by which UseRouting and UseEndpoints find each other.
    private const string RoutesKey = "__EndpointRouteBuilder";
    private const string ApplicationRoutesKey = "__GlobalEndpointRouteBuilder";

    private readonly IApplicationBuilder _app;
    private readonly bool _hadRouting;

    public Entrance(IApplicationBuilder app, EndpointDataSource source)
    {
        _app = app;
        _hadRouting = Find(RoutesKey) is not null;
        // The properties of a branch are a view of the properties of its parent, so they have another type.
        IsInBranch = app.Properties is not Dictionary<string, object?>;
        IsBehindEndpoints = Routes is { } routes
            // If a branch uses the routes of the application, another branch may have called UseEndpoints.
            && (!IsInBranch || routes is not WebApplication)
            && source is CompositeEndpointDataSource all && routes.DataSources.Any(all.DataSources.Contains);
    }

    /// <summary>Whether only some requests reach this entrance. True if this cannot be determined.</summary>
    public bool IsInBranch { get; }

    /// <summary>Whether the endpoints run before a request can reach this entrance.</summary>
    public bool IsBehindEndpoints { get; }

    /// <summary>
    /// Whether routing selects the endpoint of a request after the request has passed this entrance. Valid after the
    /// pipeline has been built.
    /// </summary>
    public bool IsBeforeRouting => !IsInBranch && !_hadRouting && Find(RoutesKey) is not null;

    /// <summary>
    /// Returns whether routing in the pipeline of this entrance knows the endpoints of <paramref name="source"/>. True
    /// if the builder has no routes.
    /// </summary>
    public bool Covers(EndpointDataSource source) => Routes is not { } routes || routes.DataSources.Contains(source);

    private IEndpointRouteBuilder? Routes => Find(RoutesKey) ?? Find(ApplicationRoutesKey);

    private IEndpointRouteBuilder? Find(string key) =>
        _app.Properties.TryGetValue(key, out var value) ? value as IEndpointRouteBuilder : null;
}
