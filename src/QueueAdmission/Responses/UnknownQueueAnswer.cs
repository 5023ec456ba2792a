using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// Answers a request to an endpoint that was added while the application ran and names a queue that does not exist.
/// </summary>
internal static class UnknownQueueAnswer
{
    public static Task WriteAsync(HttpContext context, QueueAssignment assignment)
    {
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(assignment.Problem!.Text, context.RequestAborted);
    }
}
