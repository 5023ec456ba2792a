using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QueueAdmission;

/// <summary>
/// Answers a request to an endpoint that was added while the application ran and names a queue that does not exist.
/// </summary>
/// <remarks>
/// Only in the Development environment the answer says what is wrong and how to correct it. Elsewhere it has no body,
/// because names of queues and configuration are nothing for clients. The log has the error in every environment.
/// </remarks>
internal static class UnknownQueueAnswer
{
    public static Task WriteAsync(HttpContext context, QueueAssignment assignment)
    {
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.Headers.CacheControl = "no-store";
        if (context.RequestServices?.GetService<IHostEnvironment>()?.IsDevelopment() is not true)
        {
            return Task.CompletedTask;
        }
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(assignment.Problem!.Text, context.RequestAborted);
    }
}
