using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Releases a worker when the response starts, before the handler has ended.</summary>
internal static class EarlyRelease
{
    public static void Arrange(HttpContext context, RequestAdmission admission, ReleaseMoment moment)
    {
        if (moment == ReleaseMoment.End)
        {
            return;
        }
        var response = context.Response;
        // A middleware in front of the queue may have started the response already.
        if (response.HasStarted)
        {
            ReleaseIfDue(response, admission, moment);
            return;
        }
        response.OnStarting(() =>
        {
            ReleaseIfDue(response, admission, moment);
            return Task.CompletedTask;
        });
    }

    private static void ReleaseIfDue(HttpResponse response, RequestAdmission admission, ReleaseMoment moment)
    {
        if (moment == ReleaseMoment.ResponseStart || AgreesToUpgrade(response))
        {
            admission.ReleaseWorker();
        }
    }

    private static bool AgreesToUpgrade(HttpResponse response) =>
        response.StatusCode == StatusCodes.Status101SwitchingProtocols
        || (HttpMethods.IsConnect(response.HttpContext.Request.Method)
            && response.StatusCode == StatusCodes.Status200OK);
}
