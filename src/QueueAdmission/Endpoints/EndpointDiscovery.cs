using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>The endpoints whose metadata is complete.</summary>
internal static partial class EndpointDiscovery
{
    // A page is compiled for seconds before it fails, and several checks ask for it. An edit of the page makes a new descriptor.
    private static readonly ConditionalWeakTable<PageActionDescriptor, object> Broken = [];

    /// <summary>
    /// Replaces Razor pages by their loaded endpoints. Routing lists a page before it was loaded, without its model's attributes, and puts the endpoint
    /// that has them in its place on the first request. Loading here makes what is wrong with it known at start-up.
    /// </summary>
    public static IEnumerable<Endpoint> Expand(IReadOnlyList<Endpoint> endpoints, IServiceProvider services, ILogger logger)
    {
        var pages = services.GetService<PageLoader>();
        return pages is null ? endpoints : endpoints.Select(endpoint => Load(endpoint, pages, logger));
    }

    private static Endpoint Load(Endpoint endpoint, PageLoader pages, ILogger logger)
    {
        if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not { } page || page is CompiledPageActionDescriptor || Broken.TryGetValue(page, out _))
            return endpoint;
        try
        {
            return pages.LoadAsync(page, endpoint.Metadata).GetAwaiter().GetResult().Endpoint ?? endpoint;
        }
#pragma warning disable CA1031 // A page may throw anything when it is compiled. It answers 500 by itself, and the other pages work.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Broken.AddOrUpdate(page, page.RelativePath);
            LogBroken(logger, page.RelativePath, exception);
            return endpoint;
        }
    }

    [LoggerMessage(EventId = 34, EventName = "BrokenPage", Level = LogLevel.Warning,
        Message = "The Razor page '{Page}' cannot be loaded, so the queue that its model may name is not checked. Requests to it fail until it is mended.")]
    private static partial void LogBroken(ILogger logger, string page, Exception exception);
}
