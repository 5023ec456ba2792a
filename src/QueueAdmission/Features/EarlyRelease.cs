using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Gives workers back: at the end of the handler, or before it when the response starts.</summary>
internal static class EarlyRelease
{
    /// <summary>At the end: unless the handler gave the worker back itself.</summary>
    /// <param name="context">The request, which got its worker without waiting.</param>
    /// <param name="queue">Its queue.</param>
    /// <param name="revision">The revision of the features when the shared feature had just been set: if it is unchanged, nobody replaced that.</param>
    public static void ReleaseUnlessDone(HttpContext context, AdmissionQueue queue, int revision)
    {
        var features = context.Features;
        if (features.Revision != revision && features.Get<IQueueFeature>() is HeldWorker held)
        {
            held.Release();
            return;
        }
        // An answer that nobody flushed starts only after this, and with it come those who wait for that moment to give the worker back.
        features.Set<IQueueFeature>(queue.Ended);
        queue.Queue.Release();
    }

    /// <summary>Arranges for the release at <paramref name="moment"/>, where that is before the end.</summary>
    public static void Arrange(HttpContext context, ReleaseMoment moment)
    {
        if (moment == ReleaseMoment.ResponseStart)
            context.Response.OnStarting(static state => Release((HttpContext)state), context);
        else if (moment == ReleaseMoment.Upgrade)
            context.Response.OnStarting(static state => AgreesToUpgrade((HttpContext)state) ? Release((HttpContext)state) : Task.CompletedTask, context);
    }

    private static Task Release(HttpContext context)
    {
        context.ReleaseWorker();
        return Task.CompletedTask;
    }

    private static bool AgreesToUpgrade(HttpContext context) =>
        context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols
        || (HttpMethods.IsConnect(context.Request.Method) && context.Response.StatusCode == StatusCodes.Status200OK);
}
