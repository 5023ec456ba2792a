using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace QueueAdmission;

/// <summary>
/// Describes the responses with which the queue of an endpoint refuses requests, for OpenAPI documents.
/// </summary>
/// <remarks>
/// The metadata is created when the endpoint is built, from the settings at that moment. If a status changes later, the
/// description changes only when the endpoints are built again.
/// </remarks>
internal static class RefusalDescription
{
    public const string Problem = "application/problem+json";

    /// <summary>
    /// Adds the description to the endpoints of a builder, unless their queue is another one after all conventions have
    /// run.
    /// </summary>
    public static void AddTo(IEndpointConventionBuilder builder, QueuedAttribute queued)
    {
        try
        {
            builder.Finally(endpoint => Describe(endpoint, queued));
        }
        catch (NotImplementedException)
        {
            // The builder belongs to other code and does not implement Finally.
            builder.Add(endpoint => Describe(endpoint, queued));
        }
    }

    private static void Describe(EndpointBuilder endpoint, QueuedAttribute queued)
    {
        // If a call of WithQueue nearer to the endpoint names another queue, that call describes its queue.
        if (!HasApiExplorer(endpoint.ApplicationServices)
            || new EndpointMetadataCollection(endpoint.Metadata).FindQueued() != queued
            || endpoint.Metadata.Any(static item => item is DisableQueueAttribute))
        {
            return;
        }
        // For OpenAPI, an endpoint that declares no response answers 200. The declaration of a refusal would end this,
        // so the 200 is declared as well.
        var declaresResponse = endpoint.Metadata.Any(
            static item => item is IProducesResponseTypeMetadata or IApiResponseMetadataProvider);
        if (!declaresResponse)
        {
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(void)));
        }
        foreach (var status in StatusesOf(endpoint.ApplicationServices, queued.QueueName))
        {
            Add(endpoint, status);
        }
    }

    /// <summary>Returns the statuses with which a queue refuses requests.</summary>
    public static IEnumerable<int> StatusesOf(IServiceProvider services, string queue)
    {
        var settings = FindSettings(services, queue);
        var status = settings?.RejectionStatusCode ?? StatusCodes.Status503ServiceUnavailable;
        yield return status;
        if (settings?.Engine.PartitionByKey is true && status != StatusCodes.Status429TooManyRequests)
        {
            yield return StatusCodes.Status429TooManyRequests;
        }
    }

    /// <summary>Returns the type of the body of a refusal, or null if a document cannot describe the type.</summary>
    /// <remarks>
    /// Without reflection, as for Native AOT, a document can describe only types that the JSON serializer options of
    /// the application know.
    /// </remarks>
    public static Type? BodyOf(IServiceProvider services) => IsKnownToJson(services) ? typeof(ProblemDetails) : null;

    private static void Add(EndpointBuilder endpoint, int status)
    {
        if (endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Any(response => response.StatusCode == status))
        {
            return;
        }
        endpoint.Metadata.Add(BodyOf(endpoint.ApplicationServices) is { } type
            ? new ProducesResponseTypeMetadata(status, type, [Problem])
            : new ProducesResponseTypeMetadata(status));
    }

    // Only an application that describes its endpoints needs the metadata.
    private static bool HasApiExplorer(IServiceProvider services) =>
        services.GetService<IApiDescriptionGroupCollectionProvider>() is not null;

    private static bool IsKnownToJson(IServiceProvider services) =>
        services.GetService<IOptions<JsonOptions>>()?.Value.SerializerOptions is not { } json
        || json.TryGetTypeInfo(typeof(ProblemDetails), out _);

    /// <summary>
    /// Returns the settings of a queue, or null if the queue does not exist. The application reports a missing queue
    /// when it starts.
    /// </summary>
    private static RequestSettings? FindSettings(IServiceProvider services, string queue)
    {
        try
        {
            return JobQueueRegistry.For(services).Find(queue)?.Settings;
        }
        catch (OptionsValidationException)
        {
            // The application reports wrong settings when it starts. A document may be created without starting it.
            return null;
        }
    }
}
