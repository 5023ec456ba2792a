using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// Logs that code of the application failed while it answered rejected requests: the first failure, then at most one
/// line a minute.
/// </summary>
/// <remarks>
/// Under overload such code runs for thousands of requests, and fails for most of them or for none. One line for each
/// failure would fill the log.
/// </remarks>
internal sealed partial class AnswerFailures(JobQueue queue, ILogger logger, string source)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _reportedAt;
    private long _unreported;

    public void Report(HttpContext context, Exception exception)
    {
        // A client that has left makes writing fail. That is no fault of the code that wrote.
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        long unreported;
        lock (_gate)
        {
            var now = queue.Time.GetTimestamp();
            if (_reportedAt is { } before && queue.Time.GetElapsedTime(before, now) < Interval)
            {
                _unreported++;
                return;
            }
            _reportedAt = now;
            (unreported, _unreported) = (_unreported, 0);
        }
        LogFailed(logger, exception, queue.Name, source, unreported);
    }

    [LoggerMessage(EventId = 55, EventName = "AnswerFailed", Level = LogLevel.Error,
        Message = "Queue {Queue} rejected a request, and {Source} threw while it answered. The request stays rejected. "
            + "It gets the built-in answer if its response had not started. {Unreported} more failures were not "
            + "logged since the last log entry.")]
    private static partial void LogFailed(
        ILogger logger, Exception exception, string queue, string source, long unreported);
}
