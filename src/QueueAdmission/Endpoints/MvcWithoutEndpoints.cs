using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>
/// Finds actions that name a queue, but that MVC runs without endpoint routing (<c>UseMvc</c>). The attributes of such
/// actions never become metadata of an endpoint.
/// </summary>
internal static class MvcWithoutEndpoints
{
    public static IEnumerable<string> FindProblems(EndpointDataSource source, IServiceProvider services)
    {
        if (services.GetService<IActionDescriptorCollectionProvider>() is not { } actions
            || services.GetService<IOptions<MvcOptions>>() is not { Value.EnableEndpointRouting: false })
        {
            return [];
        }
        var mapped = source.Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<ActionDescriptor>())
            .OfType<ActionDescriptor>()
            .ToHashSet();
        return actions.ActionDescriptors.Items
            .Where(action => action.EndpointMetadata.OfType<QueuedAttribute>().Any())
            .Where(action => !action.EndpointMetadata.OfType<DisableQueueAttribute>().Any())
            .Where(action => !mapped.Contains(action))
            .Select(action =>
                $"The action '{action.DisplayName}' names a queue, but MVC runs without endpoint routing, so it has " +
                "no endpoint and nothing limits it. Remove EnableEndpointRouting = false and UseMvc(), and map the " +
                "controllers with app.MapControllers().");
    }
}
