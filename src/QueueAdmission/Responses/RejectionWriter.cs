using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>Answers a request that its queue refused.</summary>
/// <remarks>
/// Overload is when this runs most, so the usual way through it allocates nothing and has no state machine: what is sent was built when the
/// same refusal was first answered, and only a hook, <see cref="IProblemDetailsService"/> or a slow client makes it asynchronous.
/// </remarks>
internal static class RejectionWriter
{
    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues Close = "close";

    /// <summary>Writes the whole answer, or nothing if the response has already started: then nobody can be told any more, and a started response is never rewritten.</summary>
    public static Task WriteAsync(HttpContext context, AdmissionQueue queue, Rejection rejection, Func<RejectionContext, ValueTask>? onRejected)
    {
        RequestLog.Rejected(queue.Logger, queue.Name, rejection);
        var response = context.Response;
        if (response.HasStarted)
            return Task.CompletedTask;

        var answer = queue.Answers.Get(rejection, StatusOf(rejection.Reason, queue.Settings));
        var format = ResponseFormats.Choose(context.Request);
        response.StatusCode = StatusCodeOf(answer, format);
        var headers = response.Headers;
        headers.RetryAfter = answer.RetryAfter;
        headers.CacheControl = NoStore;
        // The server is about to go away or should be left alone: the next request had better find another one.
        if (rejection.Reason == RejectionReason.Draining && IsHttp1(context.Request.Protocol))
            headers.Connection = Close;

        var answering = onRejected is null
            ? WriteBuiltInAsync(context, queue, answer, format)
            : AskHookFirstAsync(context, queue, rejection, answer, format, onRejected);
        return UnreadUpload.IsPossible(context) ? UnreadUpload.HoldStreamAfterAsync(answering, response, queue.Queue.Time) : answering;
    }

    private static async Task AskHookFirstAsync(
        HttpContext context, AdmissionQueue queue, Rejection rejection, RejectionAnswer answer, ResponseFormat format, Func<RejectionContext, ValueTask> onRejected)
    {
        var response = context.Response;
        var before = (response.StatusCode, response.ContentType, response.ContentLength);
        try
        {
            await onRejected(new RejectionContext
            {
                HttpContext = context,
                QueueName = queue.Name,
                Reason = rejection.Reason,
                RetryAfter = rejection.RetryAfter,
            });
        }
        catch (Exception exception)
        {
            // The request is refused whatever the hook does. An exception that went up would make a 500 out of it.
            queue.Answers.ReportHookFailure(context, queue, exception);
            if (!ForeignAnswer.TryTakeBack(context, StatusCodeOf(answer, format)))
                return;
            response.Headers.RetryAfter = answer.RetryAfter;
            response.Headers.CacheControl = NoStore;
            await WriteBuiltInAsync(context, queue, answer, format);
            return;
        }
        if (!response.HasStarted && before == (response.StatusCode, response.ContentType, response.ContentLength))
            await WriteBuiltInAsync(context, queue, answer, format);
    }

    private static Task WriteBuiltInAsync(HttpContext context, AdmissionQueue queue, RejectionAnswer answer, ResponseFormat format)
    {
        switch (format)
        {
            case ResponseFormat.Grpc:
                answer.Grpc.Write(context);
                return Task.CompletedTask;
            case ResponseFormat.BrowserPage:
                VaryByAccept(context.Response.Headers);
                return answer.Page.WriteAsync(context);
            default:
                VaryByAccept(context.Response.Headers);
                return queue.Answers.MayUseProblemDetailsService(context)
                    ? ProblemDetailsServiceBody.WriteAsync(context, queue, answer)
                    : answer.Problem.WriteAsync(context);
        }
    }

    private static int StatusOf(RejectionReason reason, RequestSettings settings) =>
        CallersOwnFault.Is(reason) ? StatusCodes.Status429TooManyRequests : settings.RejectionStatusCode;

    // gRPC speaks its own status, in a header: to HTTP every answer is a 200.
    private static int StatusCodeOf(RejectionAnswer answer, ResponseFormat format) =>
        format is ResponseFormat.Grpc ? StatusCodes.Status200OK : answer.StatusCode;

    private static void VaryByAccept(IHeaderDictionary headers)
    {
        // CORS and others vary by more: theirs stays.
        var vary = headers.Vary;
        if (vary.Count == 0)
            headers.Vary = AcceptHeader.Name;
        else if (!AcceptHeader.IsNamedIn(vary))
            headers.Vary = StringValues.Concat(vary, AcceptHeader.Name);
    }

    private static bool IsHttp1(string protocol) => HttpProtocol.IsHttp11(protocol) || HttpProtocol.IsHttp10(protocol);
}
