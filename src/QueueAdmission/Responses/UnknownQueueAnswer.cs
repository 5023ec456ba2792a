using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QueueAdmission;

/// <summary>
/// Answers a request to an endpoint that was added while the application ran and names a queue that does not exist.
/// </summary>
/// <remarks>
/// In the Development environment, the answer says what is wrong and how to correct it. In other environments the
/// answer has no body, because clients should not see names of queues and of settings. The error is logged in every
/// environment.
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
