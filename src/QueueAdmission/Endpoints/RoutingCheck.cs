using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>Notices that the middleware stands before routing, where it sees no endpoint and would silently do nothing.</summary>
/// <remarks>No builder tells the order of its middleware, so the first request has to: it comes without an endpoint and leaves with one.</remarks>
internal sealed partial class RoutingCheck(ILogger logger)
{
    private bool _settled;

    /// <summary>Whether requests without an endpoint still have to be watched.</summary>
    public bool IsOpen => !Volatile.Read(ref _settled);

    /// <summary>An endpoint was seen: routing comes first, as it should.</summary>
    public void Settle()
    {
        if (!_settled)
            Volatile.Write(ref _settled, true);
    }

    public async Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        // Routing sets the endpoint before anything answers, and the exception handler clears it, so look at the first moment there is an answer.
        if (!context.Response.HasStarted)
        {
            context.Response.OnStarting(() =>
            {
                ReportIfRouted(context);
                return Task.CompletedTask;
            });
        }
        await next(context);
        ReportIfRouted(context);
    }

    private void ReportIfRouted(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint || ShowsErrorPage(context) || Interlocked.Exchange(ref _settled, true))
            return;
        LogBeforeRouting(logger, EndpointChecks.NameOf(endpoint));
    }

    /// <summary>A page for an unknown address, shown by re-execution behind this middleware, is no sign of a wrong order. Its endpoint stays when the re-execution is over.</summary>
    private static bool ShowsErrorPage(HttpContext context) =>
        context.Response.StatusCode >= StatusCodes.Status400BadRequest || SecondPass.IsUnderWay(context);

    [LoggerMessage(EventId = 32, EventName = "BeforeRouting", Level = LogLevel.Error,
        Message = "UseQueuedAdmission stands before UseRouting, so it sees no endpoint and queues nothing (the request to '{Endpoint}' passed it unseen). Move app.UseQueuedAdmission() behind app.UseRouting().")]
    private static partial void LogBeforeRouting(ILogger logger, string endpoint);
}
