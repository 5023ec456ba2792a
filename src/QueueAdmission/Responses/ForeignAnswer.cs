using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Prepares a response for the built-in answer after code of the application has thrown.</summary>
internal static class ForeignAnswer
{
    /// <summary>Removes what the failed code has set, if that is still possible.</summary>
    /// <returns>
    /// False if nothing more is to be written. A response that has started cannot be replaced. Its request is aborted,
    /// so that the client does not mistake a part for the whole. Bytes that wait to be sent cannot be removed either.
    /// They are sent with the status of the rejection.
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
