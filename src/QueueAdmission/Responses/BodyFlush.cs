using System.IO.Pipelines;

namespace QueueAdmission;

/// <summary>Sends the written part of a body. Allocates nothing if the flush completes synchronously.</summary>
internal static class BodyFlush
{
    public static Task FlushAsync(PipeWriter body)
    {
        // Without the flush, the bytes would be lost if an outer middleware has replaced the body by a buffer.
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
