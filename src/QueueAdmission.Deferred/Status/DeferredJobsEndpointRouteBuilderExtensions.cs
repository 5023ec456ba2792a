using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QueueAdmission;
using QueueAdmission.Deferred;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the endpoints that show callers the state of their deferred requests.</summary>
public static class DeferredJobsEndpointRouteBuilderExtensions
{
    /// <summary>Maps endpoints for the state of deferred jobs. The <c>Location</c> of each 202 leads to them.</summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item><c>GET {pattern}/{id}</c>: the state of the job, its place in the queue and the expected time, as JSON or
    /// as a page. If the job is completed: a 303 to its response.</item>
    /// <item><c>GET {pattern}/{id}/response</c>: the response of the handler, with its status, headers and body.</item>
    /// <item><c>DELETE {pattern}/{id}</c>: cancels a waiting job.</item>
    /// </list>
    /// <para>A job is visible only to the caller from which it was accepted. Other callers get a 404. The job of an
    /// anonymous caller is visible to everyone who knows its id, which cannot be guessed. The endpoints therefore need
    /// no authorization policy. If they have one, the callers of deferred endpoints must satisfy it.</para>
    /// <para>Requests to these endpoints do not pass a queue.</para>
    /// </remarks>
    /// <param name="endpoints">The route builder to which the endpoints are added.</param>
    /// <param name="pattern">The path. Default <c>/jobs</c>.</param>
    /// <returns>A builder for conventions that apply to all these endpoints.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="endpoints"/> or <paramref name="pattern"/> is null.
    /// </exception>
    public static IEndpointConventionBuilder MapDeferredJobs(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/jobs")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var group = endpoints.MapGroup(pattern);
        Map(HttpMethods.Get, "/{id}", StatusEndpoints.GetAsync, "The state of a deferred request.")
            .WithMetadata(
                new EndpointNameMetadata(StatusAddress.EndpointName),
                Json<JobView>(StatusCodes.Status200OK),
                Json<JobView>(StatusCodes.Status303SeeOther));
        Map(
            HttpMethods.Get,
            "/{id}/response",
            StatusEndpoints.GetResponseAsync,
            "The response of a deferred request that is done.")
            .WithMetadata(Problem(StatusCodes.Status409Conflict), Problem(StatusCodes.Status410Gone));
        Map(HttpMethods.Delete, "/{id}", StatusEndpoints.DeleteAsync, "Cancels a waiting deferred request.")
            .WithMetadata(
                new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent, typeof(void)),
                Problem(StatusCodes.Status409Conflict));
        return group;

        IEndpointConventionBuilder Map(string method, string path, RequestDelegate answer, string summary) => group
            .MapMethods(path, [method], answer)
            // The API explorer describes only endpoints with the metadata of a method.
            .WithMetadata(
                answer.Method,
                new IdParameter(),
                new EndpointSummaryAttribute(summary),
                new TagsAttribute("Deferred jobs"),
                new DisableQueueAttribute(),
                Problem(StatusCodes.Status404NotFound));
    }

    private static ProducesResponseTypeMetadata Json<T>(int status) => new(status, typeof(T), ["application/json"]);

    private static ProducesResponseTypeMetadata Problem(int status) =>
        new(status, typeof(StatusProblem), ["application/problem+json"]);
}
