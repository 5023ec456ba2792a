using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace QueueAdmission;

/// <summary>Describes the refusals of an endpoint's queue for OpenAPI documents.</summary>
/// <remarks>
/// The metadata is made when the endpoint is built, with the settings of that moment. A later change of a status is not
/// described before the endpoints are built again.
/// </remarks>
internal static class RefusalDescription
{
    public const string Problem = "application/problem+json";

    /// <summary>
    /// Adds the description to the endpoints of a builder that have a queue when all conventions have run.
    /// </summary>
    public static void AddTo(IEndpointConventionBuilder builder, QueuedAttribute queued)
    {
        try
        {
            builder.Finally(endpoint => Describe(endpoint, queued));
        }
        catch (NotImplementedException)
        {
            // The builder belongs to other code and does not have Finally.
            builder.Add(endpoint => Describe(endpoint, queued));
        }
    }

    private static void Describe(EndpointBuilder endpoint, QueuedAttribute queued)
    {
        // Another call nearer to the endpoint may have named another queue, and describes it.
        if (!HasApiExplorer(endpoint.ApplicationServices)
            || new EndpointMetadataCollection(endpoint.Metadata).FindQueued() != queued
            || endpoint.Metadata.Any(static item => item is DisableQueueAttribute))
        {
            return;
        }
        // An endpoint that declares no response counts as one that answers 200. It still does with a refusal.
        if (!endpoint.Metadata.Any(static item => item is IProducesResponseTypeMetadata or IApiResponseMetadataProvider))
        {
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(void)));
        }
        foreach (var status in StatusesOf(endpoint.ApplicationServices, queued.QueueName))
        {
            Add(endpoint, status);
        }
    }

    /// <summary>The statuses with which a queue refuses requests.</summary>
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

    /// <summary>The type of a refusal's body in a document; null if a document cannot have it.</summary>
    /// <remarks>
    /// Without reflection, as for Native AOT, a document can have only types that the application's JSON knows.
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

    // Only an application that describes its endpoints needs more metadata.
    private static bool HasApiExplorer(IServiceProvider services) =>
        services.GetService<IApiDescriptionGroupCollectionProvider>() is not null;

    private static bool IsKnownToJson(IServiceProvider services) =>
        services.GetService<IOptions<JsonOptions>>()?.Value.SerializerOptions is not { } json
        || json.TryGetTypeInfo(typeof(ProblemDetails), out _);

    /// <summary>The settings of a queue; null if there is none, which is an error that the start reports.</summary>
    private static RequestSettings? FindSettings(IServiceProvider services, string queue)
    {
        try
        {
            return JobQueueRegistry.For(services).Find(queue)?.Settings;
        }
        catch (OptionsValidationException)
        {
            // The start reports it. A document may be made without a start.
            return null;
        }
    }
}
