using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// Logs that code of the application failed while it answered refused requests: the first failure, then at most one
/// line a minute.
/// </summary>
/// <remarks>
/// Refusals come by the thousand, and such code fails for most of them or for none. A line for each would fill the log.
/// </remarks>
internal sealed partial class AnswerFailures(string source)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _reportedAt;
    private long _unreported;

    public void Report(AdmissionQueue queue, Exception exception)
    {
        long unreported;
        lock (_gate)
        {
            var time = queue.Queue.Time;
            var now = time.GetTimestamp();
            if (_reportedAt is { } before && time.GetElapsedTime(before, now) < Interval)
            {
                _unreported++;
                return;
            }
            _reportedAt = now;
            (unreported, _unreported) = (_unreported, 0);
        }
        LogFailed(queue.Logger, exception, queue.Name, source, unreported);
    }

    [LoggerMessage(EventId = 55, EventName = "AnswerFailed", Level = LogLevel.Error,
        Message = "Queue {Queue} rejected a request and {Source} threw while it answered. The request stays rejected, "
            + "with the built-in answer where none had begun. {Unreported} more failures were not logged since the last line.")]
    private static partial void LogFailed(
        ILogger logger, Exception exception, string queue, string source, long unreported);
}
