using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission;

/// <summary>Maps endpoints together with their description for an OpenAPI document.</summary>
/// <remarks>
/// The endpoints are plain request delegates, which need no reflection. They have no parameters from which the document
/// could derive a description. The description is therefore added as metadata.
/// </remarks>
internal static class DescribedEndpoint
{
    public static IEndpointConventionBuilder MapDescribed(
        this IEndpointRouteBuilder group, string method, string pattern, RequestDelegate answer, string summary) =>
        group.MapMethods(pattern, [method], answer)
            // The API explorer describes only endpoints whose metadata contains a MethodInfo.
            .WithMetadata(answer.Method)
            .WithMetadata([.. RouteParameter.All.Where(
                parameter => pattern.Contains($"{{{parameter.Name}}}", StringComparison.Ordinal))])
            .WithMetadata(new EndpointSummaryAttribute(summary), new TagsAttribute("Queues"));

    /// <summary>
    /// Maps an endpoint for the requests that the other endpoints of an address do not accept. It answers other methods
    /// with 405, and other content types with 415.
    /// </summary>
    /// <remarks>
    /// Routing would give the same answers, but without the guard of the address. They would reveal that the address
    /// exists. A matching endpoint of the application takes precedence.
    /// </remarks>
    public static IEndpointConventionBuilder MapOtherMethods(
        this IEndpointRouteBuilder group, string pattern, params string[] methods)
    {
        var allowed = string.Join(", ", methods);
        return group.Map(pattern, context =>
        {
            if (methods.Contains(context.Request.Method, StringComparer.OrdinalIgnoreCase))
            {
                context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
                return Task.CompletedTask;
            }
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = allowed;
            return Task.CompletedTask;
        }).ExcludeFromDescription().WithOrder(int.MaxValue);
    }

    public static IEndpointConventionBuilder Returns(
        this IEndpointConventionBuilder endpoint,
        int status,
        Type? type = null,
        string contentType = "application/json") =>
        endpoint.WithMetadata(type is null
            ? new ProducesResponseTypeMetadata(status, typeof(void))
            : new ProducesResponseTypeMetadata(status, type, [contentType]));

    public static IEndpointConventionBuilder ReturnsProblem(this IEndpointConventionBuilder endpoint, int status) =>
        endpoint.Returns(status, typeof(DashboardProblem), "application/problem+json");

    public static IEndpointConventionBuilder AlsoFinally(
        this IEndpointConventionBuilder endpoint, Action<EndpointBuilder> convention)
    {
        endpoint.Finally(convention);
        return endpoint;
    }
}
