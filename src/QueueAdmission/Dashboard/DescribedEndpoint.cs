using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission;

/// <summary>Endpoints with what an OpenAPI document says about them. They are plain request delegates, which need no reflection, so it must be said by hand.</summary>
internal static class DescribedEndpoint
{
    public static IEndpointConventionBuilder MapDescribed(this IEndpointRouteBuilder group, string method, string pattern, RequestDelegate answer, string summary) =>
        group.MapMethods(pattern, [method], answer)
            // Without it the API explorer takes the endpoint for none that is to be described.
            .WithMetadata(answer.Method)
            .WithMetadata([.. RouteParameter.All.Where(parameter => pattern.Contains($"{{{parameter.Name}}}", StringComparison.Ordinal))])
            .WithMetadata(new EndpointSummaryAttribute(summary), new TagsAttribute("Queues"));

    /// <summary>
    /// Answers all other methods of an address, as routing would, but under the same guard as the address itself: routing's own 405 would tell strangers that there is one. Whatever else the
    /// application maps goes before.
    /// </summary>
    public static IEndpointConventionBuilder MapOtherMethods(this IEndpointRouteBuilder group, string pattern, string allowed) =>
        group.Map(pattern, context =>
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = allowed;
            return Task.CompletedTask;
        }).ExcludeFromDescription().WithOrder(int.MaxValue);

    public static IEndpointConventionBuilder Returns(this IEndpointConventionBuilder endpoint, int status, Type? type = null, string contentType = "application/json") =>
        endpoint.WithMetadata(type is null ? new ProducesResponseTypeMetadata(status) : new ProducesResponseTypeMetadata(status, type, [contentType]));

    public static IEndpointConventionBuilder AlsoFinally(this IEndpointConventionBuilder endpoint, Action<EndpointBuilder> convention)
    {
        endpoint.Finally(convention);
        return endpoint;
    }
}
