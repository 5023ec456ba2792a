using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>
/// Adds the responses for refused requests to the API descriptions of controllers, and of handlers with
/// <see cref="QueuedAttribute"/>.
/// </summary>
/// <remarks>
/// The descriptions of MVC do not contain the metadata that conventions add to endpoints. The descriptions of handlers
/// lack the responses if only an attribute names the queue. Responses that <c>WithQueue</c> has added are not added
/// again.
/// </remarks>
internal sealed class QueuedActionDescriptions(IServiceProvider services) : IApiDescriptionProvider
{
    // The providers of the framework have orders below 0. They create the descriptions in OnProvidersExecuting, before
    // any provider gets OnProvidersExecuted.
    public int Order => 0;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var mapped = FindMapped();
        foreach (var description in context.Results)
        {
            var metadata = mapped.GetValueOrDefault(description.ActionDescriptor)
                ?? new EndpointMetadataCollection(description.ActionDescriptor.EndpointMetadata ?? []);
            if (metadata.FindQueued() is { } queued && metadata.GetMetadata<DisableQueueAttribute>() is null)
            {
                Describe(description, queued);
            }
        }
    }

    /// <summary>
    /// Returns the metadata of the endpoints of all actions, including the metadata that conventions such as
    /// <c>MapControllers().WithQueue(…)</c> have added.
    /// </summary>
    private Dictionary<ActionDescriptor, EndpointMetadataCollection> FindMapped()
    {
        var mapped = new Dictionary<ActionDescriptor, EndpointMetadataCollection>();
        foreach (var endpoint in services.GetService<EndpointDataSource>()?.Endpoints ?? [])
        {
            if (endpoint.Metadata.GetMetadata<ActionDescriptor>() is { } action)
            {
                mapped.TryAdd(action, endpoint.Metadata);
            }
        }
        return mapped;
    }

    private void Describe(ApiDescription description, QueuedAttribute queued)
    {
        foreach (var status in RefusalDescription.StatusesOf(services, queued.QueueName))
        {
            if (description.SupportedResponseTypes.Any(response => response.StatusCode == status))
            {
                continue;
            }
            var response = new ApiResponseType { StatusCode = status, Type = typeof(void) };
            if (RefusalDescription.BodyOf(services) is { } body)
            {
                response.Type = body;
                response.ModelMetadata = services.GetService<IModelMetadataProvider>()?.GetMetadataForType(body);
                response.ApiResponseFormats.Add(new ApiResponseFormat { MediaType = RefusalDescription.Problem });
            }
            description.SupportedResponseTypes.Add(response);
        }
    }
}
