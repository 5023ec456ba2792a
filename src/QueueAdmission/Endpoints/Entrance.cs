using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission;

/// <summary>One call of <c>UseQueuedAdmission</c>: where it stands in the application's pipeline or in a branch.</summary>
/// <remarks>
/// No builder tells the order of its middleware. It does tell the routes it has, and <c>UseEndpoints</c> adds them to the injected data source: if they are
/// in there at the time of the call, then <c>UseEndpoints</c> comes first.
/// </remarks>
internal sealed class Entrance
{
    // The keys by which the methods of routing find each other.
    private const string RoutesKey = "__EndpointRouteBuilder";
    private const string ApplicationRoutesKey = "__GlobalEndpointRouteBuilder";

    private readonly IApplicationBuilder _app;
    private readonly bool _hadRouting;

    public Entrance(IApplicationBuilder app, EndpointDataSource source)
    {
        _app = app;
        _hadRouting = Find(RoutesKey) is not null;
        // The builder of a branch has a view of its parent's properties, which is of another type.
        IsInBranch = app.Properties is not Dictionary<string, object?>;
        IsBehindEndpoints = Routes is { } routes
            // In a branch that uses the routes of the application, UseEndpoints may have been called in another branch.
            && (!IsInBranch || routes is not WebApplication)
            && source is CompositeEndpointDataSource all && routes.DataSources.Any(all.DataSources.Contains);
    }

    /// <summary>Whether only some requests come here. Also true if it cannot be known.</summary>
    public bool IsInBranch { get; }

    /// <summary>Whether the endpoints run before a request can come here.</summary>
    public bool IsBehindEndpoints { get; }

    /// <summary>Whether routing chooses the endpoint after a request came here. Known when the pipeline is built.</summary>
    public bool IsBeforeRouting => !IsInBranch && !_hadRouting && Find(RoutesKey) is not null;

    /// <summary>Whether requests of these endpoints can come here with their endpoint.</summary>
    public bool Covers(EndpointDataSource source) => Routes is not { } routes || routes.DataSources.Contains(source);

    private IEndpointRouteBuilder? Routes => Find(RoutesKey) ?? Find(ApplicationRoutesKey);

    private IEndpointRouteBuilder? Find(string key) => _app.Properties.TryGetValue(key, out var value) ? value as IEndpointRouteBuilder : null;
}
