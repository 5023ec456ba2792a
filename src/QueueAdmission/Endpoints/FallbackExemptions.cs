using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticAssets;

namespace QueueAdmission;

/// <summary>Endpoints that a fallback queue leaves alone. What counts is what the endpoint is, never what a request says.</summary>
/// <param name="patterns">What the settings add to those that are known.</param>
internal sealed class FallbackExemptions(IReadOnlyList<EndpointPattern> patterns)
{
    public static readonly FallbackExemptions BuiltIn = new([]);

    public bool Cover(Endpoint endpoint) =>
        MonitoringEndpoints.Contain(endpoint)
        // A file needs no worker.
        || endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null
        // A hub is connections that live long, and their substitutes.
        || HubEndpoints.IsHub(endpoint)
        || PreflightEndpoints.Contain(endpoint)
        // Routing runs it, before any middleware.
        || ShortCircuit.Is(endpoint)
        || patterns.Any(pattern => pattern.Matches(endpoint));

    /// <summary>The patterns of the settings that match no endpoint.</summary>
    public IEnumerable<string> FindUnused(IReadOnlyCollection<Endpoint> endpoints) =>
        patterns.Where(pattern => !endpoints.Any(pattern.Matches)).Select(pattern => pattern.Text);
}
