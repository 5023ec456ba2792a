using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>The endpoints whose metadata is complete.</summary>
internal static class EndpointDiscovery
{
    /// <summary>
    /// Adds the Razor pages' own endpoints. Routing lists a page before it was loaded, without its model's attributes, and makes the endpoint
    /// that has them on the first request. Loading here makes what is wrong with it known at start-up.
    /// </summary>
    public static IEnumerable<Endpoint> Expand(IReadOnlyList<Endpoint> endpoints, IServiceProvider services)
    {
        var pages = services.GetService<PageLoader>();
        foreach (var endpoint in endpoints)
        {
            yield return endpoint;
            if (pages is not null
                && endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page and not CompiledPageActionDescriptor
                && pages.LoadAsync(page, endpoint.Metadata).GetAwaiter().GetResult().Endpoint is { } loaded
                && loaded != endpoint)
            {
                yield return loaded;
            }
        }
    }
}
