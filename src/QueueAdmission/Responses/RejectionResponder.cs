using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>Answers a request that its queue rejected.</summary>
/// <remarks>
/// Under overload this code runs for most requests. The built-in answer therefore allocates nothing and has no state
/// machine. Its bytes were built when the same rejection was first answered. The answer is asynchronous only if it
/// calls code of the application, if the client is slow, or after an unread upload.
/// </remarks>
internal static class RejectionResponder
{
    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues Close = "close";

    /// <summary>Sets the feature of the rejection, and writes the answer unless the response has started.</summary>
    /// <param name="context">The request.</param>
    /// <param name="queue">The queue that rejected it.</param>
    /// <param name="rejection">The rejection.</param>
    /// <param name="waited">How long the request waited; zero if it did not.</param>
    /// <param name="handling">The application's settings for the rejections of all queues.</param>
    public static Task RespondAsync(
        HttpContext context, RequestQueue queue, Rejection rejection, TimeSpan waited, RejectionHandling handling)
    {
        var settings = queue.Settings;
        var prepared = queue.Rejections.Get(rejection, StatusOf(rejection.Reason, settings));
        IQueueRejectionFeature feature = waited == TimeSpan.Zero ? prepared : new RejectionAfterWait(prepared, waited);
        // Setting a feature invalidates the framework's cache of features. Everything needed from the request is
        // therefore read first.
        var rejected = new RejectionContext(context, feature, queue, prepared, handling);
        var isUnreadUpload = UnreadUpload.IsPossible(context.Request);
        context.Features.Put(feature);
        RejectionTags.Set(context.Features, feature);
        RequestLog.Rejected(queue.Logger, queue.Name, rejection);
        var response = context.Response;
        if (response.HasStarted)
        {
            return Task.CompletedTask;
        }

        SetHeaders(rejected);
        // The queue is draining, for example because the server is about to stop. A new connection may lead the next
        // request to another server.
        if (rejection.Reason == RejectionReason.Draining && IsHttp1(context.Request.Protocol))
        {
            response.Headers.Connection = Close;
        }

        var onRejected = settings.OnRejected ?? handling.OnRejected;
        var answering = onRejected is not null
            ? CallHookFirstAsync(rejected, settings, handling, onRejected)
            : WriteAsync(rejected, settings, handling);
        return isUnreadUpload
            ? UnreadUpload.HoldStreamAfterAsync(answering, response, queue.Queue.Time)
            : answering;
    }

    /// <summary>Returns the feature of a rejection that has not been answered yet.</summary>
    public static IQueueRejectionFeature FeatureOf(RequestQueue queue, Rejection rejection, TimeSpan waited)
    {
        var prepared = queue.Rejections.Get(rejection, StatusOf(rejection.Reason, queue.Settings));
        return waited == TimeSpan.Zero ? prepared : new RejectionAfterWait(prepared, waited);
    }

    private static async Task CallHookFirstAsync(
        RejectionContext rejected,
        RequestSettings settings,
        RejectionHandling handling,
        Func<RejectionContext, ValueTask> onRejected)
    {
        var response = rejected.HttpContext.Response;
        var before = (response.StatusCode, response.ContentType, response.ContentLength);
        try
        {
            await onRejected(rejected);
        }
#pragma warning disable CA1031 // The request is rejected whatever the hook does. The exception would make a 500 of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            rejected.Queue.Rejections.HookFailures.Report(rejected.HttpContext, exception);
            await WriteBuiltInAfterFailureAsync(rejected);
            return;
        }
        if (!response.HasStarted && before == (response.StatusCode, response.ContentType, response.ContentLength))
        {
            await WriteAsync(rejected, settings, handling);
        }
    }

    private static Task WriteAsync(in RejectionContext rejected, RequestSettings settings, RejectionHandling handling)
    {
        if (rejected.Format != RejectionFormat.Grpc)
        {
            VaryByAccept(rejected.HttpContext.Response.Headers);
        }
        return settings.HasRejectionWriters || handling.HasWriters
            ? AskApplicationFirstAsync(rejected, settings, handling)
            : BuiltInWriters.WriteAsync(rejected);
    }

    private static async Task AskApplicationFirstAsync(
        RejectionContext rejected, RequestSettings settings, RejectionHandling handling)
    {
        try
        {
            if ((Find(settings.RejectionWriters, rejected) ?? Find(handling.Writers, rejected)) is { } writer)
            {
                await writer.WriteAsync(rejected);
                return;
            }
        }
#pragma warning disable CA1031 // As for a hook that throws.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            rejected.Queue.Rejections.WriterFailures.Report(rejected.HttpContext, exception);
            await WriteBuiltInAfterFailureAsync(rejected);
            return;
        }
        await BuiltInWriters.WriteAsync(rejected);
    }

    private static IRejectionWriter? Find(IReadOnlyList<IRejectionWriter> writers, RejectionContext rejected)
    {
        foreach (var writer in writers)
        {
            if (writer.CanWrite(rejected))
            {
                return writer;
            }
        }
        return null;
    }

    private static async Task WriteBuiltInAfterFailureAsync(RejectionContext rejected)
    {
        var context = rejected.HttpContext;
        if (!ForeignAnswer.TryTakeBack(context, StatusCodeOf(rejected)))
        {
            return;
        }
        SetHeaders(rejected);
        if (rejected.Format != RejectionFormat.Grpc)
        {
            VaryByAccept(context.Response.Headers);
        }
        await BuiltInWriters.WriteAsync(rejected);
    }

    private static void SetHeaders(in RejectionContext rejected)
    {
        var response = rejected.HttpContext.Response;
        response.StatusCode = StatusCodeOf(rejected);
        var headers = response.Headers;
        headers.RetryAfter = rejected.Prepared.RetryAfterHeader;
        headers.CacheControl = NoStore;
    }

    private static int StatusOf(RejectionReason reason, RequestSettings settings) =>
        CallerLimit.IsReason(reason) ? StatusCodes.Status429TooManyRequests : settings.RejectionStatusCode;

    // gRPC sends its status in a header. The HTTP status of every answer is 200.
    private static int StatusCodeOf(in RejectionContext rejected) =>
        rejected.Format == RejectionFormat.Grpc ? StatusCodes.Status200OK : rejected.Prepared.StatusCode;

    private static void VaryByAccept(IHeaderDictionary headers)
    {
        // CORS and other middlewares also set Vary. Their values are kept.
        var vary = headers.Vary;
        if (vary.Count == 0)
        {
            headers.Vary = AcceptHeader.Name;
        }
        else if (!AcceptHeader.IsNamedIn(vary))
        {
            headers.Vary = StringValues.Concat(vary, AcceptHeader.Name);
        }
    }

    private static bool IsHttp1(string protocol) => HttpProtocol.IsHttp11(protocol) || HttpProtocol.IsHttp10(protocol);
}
