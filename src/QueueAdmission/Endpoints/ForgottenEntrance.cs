using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>Notices when an endpoint that names a queue is made in an application that never calls <c>UseQueuedAdmission</c>.</summary>
/// <remarks>Where <c>AddQueuedAdmission</c> is not called either, the conventions of <c>WithQueue</c> are the only code of ours that runs.</remarks>
internal static class ForgottenEntrance
{
    private static readonly Action<EndpointBuilder> Look = LookAt;

    public static void LookFor(IEndpointConventionBuilder builder)
    {
        try
        {
            builder.Finally(Look);
        }
        catch (NotImplementedException)
        {
            // A builder of others that is older than this method. What is added to the endpoint after this is not seen then.
            builder.Add(Look);
        }
    }

    private static void LookAt(EndpointBuilder endpoint)
    {
        if (endpoint.Metadata.Any(item => item is DisableQueueAttribute or ISuppressMatchingMetadata { SuppressMatching: true }))
            return;
        var services = endpoint.ApplicationServices;
        if (services.GetService<EndpointDataSource>() is { } source)
            Entrances.Of(source).OnNamedEndpoint(NameOf(endpoint), services);
    }

    private static string NameOf(EndpointBuilder endpoint) =>
        endpoint.DisplayName ?? (endpoint as RouteEndpointBuilder)?.RoutePattern.RawText ?? "?";
}
