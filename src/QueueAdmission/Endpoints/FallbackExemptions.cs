using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticAssets;

namespace QueueAdmission;

/// <summary>
/// The endpoints that a fallback queue does not take. The decision depends on the endpoint only, never on the request.
/// </summary>
/// <param name="patterns">The patterns that the settings add to the built-in exemptions.</param>
internal sealed class FallbackExemptions(IReadOnlyList<EndpointPattern> patterns)
{
    public static readonly FallbackExemptions BuiltIn = new([]);

    public bool Cover(Endpoint endpoint) =>
        MonitoringEndpoints.Contain(endpoint)
        // Sending a static file needs no worker.
        || endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null
        // The connections of a hub last long. So do the long polls of clients that cannot keep a connection open.
        || HubEndpoints.IsHub(endpoint)
        || PreflightEndpoints.Contain(endpoint)
        // Routing runs such an endpoint at once, so its requests never reach the queue.
        || ShortCircuit.Is(endpoint)
        || patterns.Any(pattern => pattern.Matches(endpoint));

    /// <summary>Returns the patterns of the settings that match no endpoint.</summary>
    public IEnumerable<string> FindUnused(IReadOnlyCollection<Endpoint> endpoints) =>
        patterns.Where(pattern => !endpoints.Any(pattern.Matches)).Select(pattern => pattern.Text);
}
