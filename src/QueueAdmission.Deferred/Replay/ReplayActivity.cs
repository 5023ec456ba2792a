using System.Diagnostics;

namespace QueueAdmission.Deferred;

/// <summary>
/// The trace span of an attempt. It is linked to the span of the accepted request, which may have ended long ago.
/// </summary>
internal static class ReplayActivity
{
    public const string SourceName = "QueueAdmission.Deferred";

    private static readonly ActivitySource Source = new(SourceName);

    public static Activity? Start(ReplayRun run)
    {
        if (!Source.HasListeners())
        {
            return null;
        }
        var request = run.Request;
        ActivityLink[] links = ActivityContext.TryParse(
            request.TraceParent, request.TraceState, isRemote: true, out var accepted)
            ? [new ActivityLink(accepted)]
            : [];
        var activity = Source.StartActivity(
            $"run {request.Route}", ActivityKind.Consumer, parentContext: default, links: links);
        activity?.SetTag("queue_admission.queue", run.Queue)
            .SetTag("queue_admission.deferred.job", JobId.ToText(request.Id))
            .SetTag("queue_admission.deferred.attempt", run.Attempt)
            .SetTag("http.request.method", request.Method)
            .SetTag("http.route", request.Route.Pattern);
        return activity;
    }

    public static void End(Activity? activity, int statusCode, Exception? failure)
    {
        if (activity is null)
        {
            return;
        }
        activity.SetTag("http.response.status_code", statusCode);
        if (failure is not null)
        {
            activity.SetTag("error.type", failure.GetType().FullName)
                .SetStatus(ActivityStatusCode.Error, failure.Message);
        }
        else if (statusCode >= 500)
        {
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }
}
