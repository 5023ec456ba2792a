using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>Finds the endpoints with their complete metadata.</summary>
internal static partial class EndpointDiscovery
{
    // The pages that cannot be loaded. Compiling a page can take seconds before it fails, and several checks need the
    // page. After an edit, a page has a new descriptor and is tried again.
    private static readonly ConditionalWeakTable<PageActionDescriptor, object> Broken = [];

    /// <summary>
    /// Replaces Razor pages by their loaded endpoints, so that errors in their queue metadata are found at startup.
    /// </summary>
    /// <remarks>
    /// Before a page is loaded, routing lists an endpoint for it without the attributes of the page model. On the first
    /// request, routing replaces this endpoint by the loaded one.
    /// </remarks>
    public static IEnumerable<Endpoint> Expand(
        IReadOnlyList<Endpoint> endpoints, IServiceProvider services, ILogger logger)
    {
        var pages = services.GetService<PageLoader>();
        return pages is null ? endpoints : endpoints.Select(endpoint => Load(endpoint, pages, logger));
    }

    private static Endpoint Load(Endpoint endpoint, PageLoader pages, ILogger logger)
    {
        if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not { } page)
        {
            return endpoint;
        }
        if (page is CompiledPageActionDescriptor || Broken.TryGetValue(page, out _))
        {
            return endpoint;
        }
        try
        {
            return pages.LoadAsync(page, endpoint.Metadata).GetAwaiter().GetResult().Endpoint ?? endpoint;
        }
#pragma warning disable CA1031 // Compiling a page may throw any exception. The page itself then answers 500.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Broken.AddOrUpdate(page, page.RelativePath);
            LogBroken(logger, page.RelativePath, exception);
            return endpoint;
        }
    }

    [LoggerMessage(EventId = 34, EventName = "BrokenPage", Level = LogLevel.Warning,
        Message = "The Razor page '{Page}' cannot be loaded, so the queue that its model may name is not checked. " +
            "Requests to it fail until it is fixed.")]
    private static partial void LogBroken(ILogger logger, string page, Exception exception);
}
