using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>
/// The log messages of deferred jobs. An outage of the store is logged once when it begins, and once when it ends.
/// </summary>
internal static partial class DeferredLog
{
    [LoggerMessage(EventId = 100, EventName = "JobStoreAway", Level = LogLevel.Error,
        Message = "The store of deferred jobs ({Store}) cannot be used ({Problem}). "
            + "Requests that would be deferred are refused, and no jobs run. The node keeps trying. Reason: {Reason}")]
    public static partial void StoreAway(ILogger logger, string store, JobStoreProblem problem, string reason);

    [LoggerMessage(EventId = 101, EventName = "JobStoreBack", Level = LogLevel.Information,
        Message = "The store of deferred jobs ({Store}) can be used again after {Seconds} s.")]
    public static partial void StoreBack(ILogger logger, string store, double seconds);

    [LoggerMessage(EventId = 102, EventName = "JobRetried", Level = LogLevel.Warning,
        Message = "Attempt {Attempt} of the deferred job {Job} ({Route}, queue {Queue}) failed: {Reason}. "
            + "The next attempt is in {Seconds} s.")]
    public static partial void Retried(
        ILogger logger, Exception? exception, int attempt, string job, string route, string queue, string reason,
        double seconds);

    [LoggerMessage(EventId = 103, EventName = "JobDead", Level = LogLevel.Error,
        Message =
            "The deferred job {Job} ({Route}, queue {Queue}) is a dead letter after attempt {Attempt}: {Reason}.")]
    public static partial void Dead(
        ILogger logger, Exception? exception, int attempt, string job, string route, string queue, string reason);

    [LoggerMessage(EventId = 104, EventName = "JobsRecovered", Level = LogLevel.Warning,
        Message = "{Count} deferred jobs are waiting again, because the process that ran them no longer responds.")]
    public static partial void Recovered(ILogger logger, int count);

    [LoggerMessage(EventId = 105, EventName = "JobsWithoutQueue", Level = LogLevel.Warning,
        Message = "The store has {Count} deferred jobs of the queue {Queue}, which does not exist. "
            + "They run in the queue that their endpoint now uses.")]
    public static partial void WithoutQueue(ILogger logger, long count, string queue);

    [LoggerMessage(EventId = 106, EventName = "JobsGivenBack", Level = LogLevel.Warning,
        Message = "{Count} deferred jobs had not ended when the application stopped. "
            + "They are waiting again, and these attempts do not count.")]
    public static partial void GivenBack(ILogger logger, int count);

    [LoggerMessage(EventId = 107, EventName = "JobsFailed", Level = LogLevel.Error,
        Message = "An error occurred while this node ran deferred jobs. The node continues.")]
    public static partial void DriverFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 108, EventName = "JobSignalsLost", Level = LogLevel.Debug,
        Message = "The signals of the store do not arrive. The node polls the store instead, and tries again. "
            + "Reason: {Reason}")]
    public static partial void SignalsLost(ILogger logger, string reason);

    [LoggerMessage(EventId = 109, EventName = "JobCallbackFailed", Level = LogLevel.Error,
        Message =
            "A callback that the handler of the deferred job {Job} ({Route}) registered with OnCompleted failed.")]
    public static partial void CallbackFailed(ILogger logger, Exception exception, string job, string route);

    [LoggerMessage(EventId = 112, EventName = "JobIntakeAway", Level = LogLevel.Error,
        Message = "The intake of deferred jobs ({Intake}) cannot be used ({Problem}). "
            + "Requests that would be deferred are refused. Jobs that are already in the store still run. "
            + "The node keeps trying. Reason: {Reason}")]
    public static partial void IntakeAway(ILogger logger, string intake, JobStoreProblem problem, string reason);

    [LoggerMessage(EventId = 113, EventName = "JobIntakeBack", Level = LogLevel.Information,
        Message = "The intake of deferred jobs ({Intake}) can be used again after {Seconds} s.")]
    public static partial void IntakeBack(ILogger logger, string intake, double seconds);

    [LoggerMessage(EventId = 114, EventName = "JobStoreBehindAway", Level = LogLevel.Error,
        Message = "The store of deferred jobs ({Store}) cannot be used ({Problem}). "
            + "The intake in front of the store continues to accept requests, but no jobs run. "
            + "The node keeps trying. Reason: {Reason}")]
    public static partial void StoreBehindAway(ILogger logger, string store, JobStoreProblem problem, string reason);
}
