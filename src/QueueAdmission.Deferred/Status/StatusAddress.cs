using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Deferred;

/// <summary>Creates the addresses that show callers the state of their requests.</summary>
internal static class StatusAddress
{
    /// <summary>The name of the endpoint with the state of a job.</summary>
    public const string EndpointName = "QueueAdmission.Deferred.Job";

    /// <summary>Returns the path for the state of a job.</summary>
    public static string Of(HttpContext context, Guid id, JobPosition? position = null) =>
        context.RequestServices.GetRequiredService<LinkGenerator>()
            .GetPathByName(context, EndpointName, new RouteValueDictionary { ["id"] = TextOf(context, id, position) })
        ?? throw new InvalidOperationException(
            "MapDeferredJobs was not called, or its path has parameters that the request does not have.");

    /// <summary>Returns the id, followed by a ticket if the store does not have the job yet.</summary>
    private static string TextOf(HttpContext context, Guid id, JobPosition? position)
    {
        if (position is not { } at)
        {
            return JobId.ToText(id);
        }
        var queue = context.GetEndpoint()?.Metadata.GetMetadata<QueuedAttribute>()?.QueueName ?? "";
        var protector = context.RequestServices.GetRequiredService<DeferredJobs>().Access.Protector!;
        return new JobTicket(id, queue, at).ToText(protector);
    }

    /// <summary>Returns true if the application has no endpoint for the state of jobs.</summary>
    public static bool IsMissing(IServiceProvider services) =>
        !services.GetRequiredService<EndpointDataSource>().Endpoints.Any(
            static endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == EndpointName);
}
