using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission;

/// <summary>Endpoints that take OPTIONS and no other method: they answer CORS preflights, and a browser sees a refused preflight as an error of CORS.</summary>
internal static class PreflightEndpoints
{
    public static bool Contain(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: { Count: > 0 } methods } && methods.All(HttpMethods.IsOptions);
}
