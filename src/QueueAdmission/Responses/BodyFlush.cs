using System.IO.Pipelines;

namespace QueueAdmission;

/// <summary>Sends what was written. Allocates nothing where the server takes it at once.</summary>
internal static class BodyFlush
{
    public static Task FlushAsync(PipeWriter body)
    {
        // Without the flush the bytes would be lost where an outer middleware has replaced the body by a buffer.
        var flush = body.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
        {
            return flush.AsTask();
        }
        // A value task that is backed by a pooled source has to be consumed.
        _ = flush.Result;
        return Task.CompletedTask;
    }
}
