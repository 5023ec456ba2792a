using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Removes from a response what code of the application had set before it threw.</summary>
internal static class ForeignAnswer
{
    /// <summary>Makes the response ready for the built-in answer.</summary>
    /// <returns>
    /// False if there is nothing more to write. A response that has begun cannot be taken back: its connection is
    /// closed, so that the client does not take a part for the whole. Bytes that wait to be sent cannot be taken back
    /// either: they are sent, with the status of the rejection.
    /// </returns>
    public static bool TryTakeBack(HttpContext context, int statusCode)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return false;
        }
        response.StatusCode = statusCode;
        response.ContentLength = null;
        if (response.BodyWriter is { CanGetUnflushedBytes: true, UnflushedBytes: > 0 })
            return false;
        response.ContentType = null;
        response.Headers.ContentEncoding = default;
        return true;
    }
}
