using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Gives a worker back before the handler has ended: when the response starts.</summary>
internal static class EarlyRelease
{
    public static void Arrange(HttpContext context, HeldWorker held, ReleaseMoment moment)
    {
        var response = context.Response;
        if (moment == ReleaseMoment.End)
            return;
        // Middleware before this one may have begun to answer already.
        if (response.HasStarted)
            ReleaseIfDue(response, held, moment);
        else
            response.OnStarting(() =>
            {
                ReleaseIfDue(response, held, moment);
                return Task.CompletedTask;
            });
    }

    private static void ReleaseIfDue(HttpResponse response, HeldWorker held, ReleaseMoment moment)
    {
        if (moment == ReleaseMoment.ResponseStart || AgreesToUpgrade(response))
            held.Release();
    }

    private static bool AgreesToUpgrade(HttpResponse response) =>
        response.StatusCode == StatusCodes.Status101SwitchingProtocols
        || (HttpMethods.IsConnect(response.HttpContext.Request.Method) && response.StatusCode == StatusCodes.Status200OK);
}
