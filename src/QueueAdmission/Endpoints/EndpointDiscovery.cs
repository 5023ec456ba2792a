using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>The endpoints whose metadata is complete.</summary>
internal static class EndpointDiscovery
{
    /// <summary>
    /// Replaces Razor pages by their loaded endpoints. Routing lists a page before it was loaded, without its model's attributes, and puts the endpoint
    /// that has them in its place on the first request. Loading here makes what is wrong with it known at start-up.
    /// </summary>
    public static IEnumerable<Endpoint> Expand(IReadOnlyList<Endpoint> endpoints, IServiceProvider services)
    {
        var pages = services.GetService<PageLoader>();
        return pages is null ? endpoints : endpoints.Select(endpoint => Load(endpoint, pages));
    }

    private static Endpoint Load(Endpoint endpoint, PageLoader pages) =>
        endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page and not CompiledPageActionDescriptor
            ? pages.LoadAsync(page, endpoint.Metadata).GetAwaiter().GetResult().Endpoint ?? endpoint
            : endpoint;
}
