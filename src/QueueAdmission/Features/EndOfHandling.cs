using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Gives back the worker of a request that got it without waiting, when its handler has ended.</summary>
internal static class EndOfHandling
{
    /// <param name="context">The request.</param>
    /// <param name="queue">Its queue.</param>
    /// <param name="revision">The revision of the features when the shared feature had just been set: if it is unchanged, nobody replaced that.</param>
    public static void ReleaseUnlessDone(HttpContext context, AdmissionQueue queue, int revision)
    {
        var features = context.Features;
        if (features.Revision != revision && features.Find<IQueueFeature>() is HeldWorker held)
        {
            held.End();
            return;
        }
        // An error page may follow, and an answer that nobody flushed starts only after this: whoever asks then must not give the worker back again.
        features.Put<IQueueFeature>(queue.Ended);
        queue.Queue.Release();
    }
}
