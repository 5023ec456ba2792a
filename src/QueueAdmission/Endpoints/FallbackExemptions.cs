using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticAssets;

namespace QueueAdmission;

/// <summary>
/// Endpoints that a fallback queue leaves alone: a probe that waits behind users gets the process killed, a file needs no worker, and a hub is
/// WebSockets, which stay out, and their substitutes.
/// </summary>
internal static class FallbackExemptions
{
    public static bool Covers(Endpoint endpoint) =>
        // Health checks carry no metadata. Their delegate is the middleware's own method.
        endpoint.RequestDelegate?.Target is HealthCheckMiddleware
        || endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null
        || HubEndpoints.IsHub(endpoint);
}
