using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Answers a request that its queue refused.</summary>
internal static class RejectionWriter
{
    public static Task WriteAsync(HttpContext context, AdmissionQueue queue, Rejection rejection, Func<RejectionContext, ValueTask>? onRejected) =>
        throw new NotImplementedException();
}
