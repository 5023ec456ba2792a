using System.IO.Pipelines;

namespace QueueAdmission;

/// <summary>Sends what was written, without a state machine where the server takes it at once.</summary>
internal static class BodyFlush
{
    public static Task FlushAsync(PipeWriter body)
    {
        // Without the flush the bytes would be lost where an outer middleware has put a buffer in the place of the body.
        var flush = body.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
            return flush.AsTask();
        // A value task that is backed by a pooled source wants to be consumed.
        _ = flush.Result;
        return Task.CompletedTask;
    }
}
