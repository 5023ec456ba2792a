using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission;

/// <summary>
/// Recognises endpoints that accept only OPTIONS. They answer CORS preflights. If a queue refused a preflight, the
/// browser would show a misleading CORS error.
/// </summary>
internal static class PreflightEndpoints
{
    public static bool Contain(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: { Count: > 0 } methods }
        && methods.All(HttpMethods.IsOptions);
}
