using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>The log entries about the shutdown of the application.</summary>
internal static partial class ShutdownLog
{
    [LoggerMessage(EventId = 56, EventName = "JobsGivenUp", Level = LogLevel.Warning,
        Message = "The application is stopping. In queue {Queue}, {Running} pushed jobs still run, and {Waiting} " +
            "waiting jobs are refused. HostOptions.ShutdownTimeout limits how long the running jobs are awaited.")]
    public static partial void JobsGivenUp(ILogger logger, string queue, int running, int waiting);
}
