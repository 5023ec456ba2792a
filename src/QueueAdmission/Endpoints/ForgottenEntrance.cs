using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>
/// Detects endpoints that name a queue in an application that never calls <c>UseQueuedAdmission</c>.
/// </summary>
/// <remarks>
/// If the application does not call <c>AddQueuedAdmission</c> either, the conventions of <c>WithQueue</c> are the only
/// code of this library that runs. The check is therefore one of these conventions.
/// </remarks>
internal static class ForgottenEntrance
{
    private static readonly Action<EndpointBuilder> Check = CheckEndpoint;

    public static void AddTo(IEndpointConventionBuilder builder)
    {
        try
        {
            builder.Finally(Check);
        }
        catch (NotImplementedException)
        {
            // The builder belongs to other code and does not implement Finally. A convention of Add does not see
            // metadata that later conventions add, such as DisableQueue.
            builder.Add(Check);
        }
    }

    private static void CheckEndpoint(EndpointBuilder endpoint)
    {
        if (endpoint.Metadata.Any(static item =>
            item is DisableQueueAttribute or ISuppressMatchingMetadata { SuppressMatching: true }))
        {
            return;
        }

        var services = endpoint.ApplicationServices;
        if (services.GetService<EndpointDataSource>() is { } source)
            Entrances.Of(source).OnNamedEndpoint(NameOf(endpoint), services);
    }

    private static string NameOf(EndpointBuilder endpoint) =>
        endpoint.DisplayName ?? (endpoint as RouteEndpointBuilder)?.RoutePattern.RawText ?? "?";
}
