using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// Logs the outcome of each request that did not get a worker. The level is Debug, because such requests can be many.
/// </summary>
internal static partial class RequestLog
{
    public static void Rejected(ILogger logger, string queue, Rejection rejection)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            LogRejected(logger, queue, rejection.Reason.ToWireName(), rejection.RetryAfter.TotalSeconds);
        }
    }

    public static void Abandoned(ILogger logger, string queue, TimeSpan waited) =>
        LogAbandoned(logger, queue, waited.TotalSeconds);

    [LoggerMessage(EventId = 53, EventName = "RequestRejected", Level = LogLevel.Debug,
        Message = "Queue {Queue} rejected the request: {Reason}. The client is told to retry after {Seconds} s.")]
    private static partial void LogRejected(ILogger logger, string queue, string reason, double seconds);

    [LoggerMessage(EventId = 54, EventName = "RequestAbandoned", Level = LogLevel.Debug,
        Message = "The request was cancelled after it had waited {Seconds} s in queue {Queue}, " +
            "most likely because its client left. Its handler does not run.")]
    private static partial void LogAbandoned(ILogger logger, string queue, double seconds);
}
