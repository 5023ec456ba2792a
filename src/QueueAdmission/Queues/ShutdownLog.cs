using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>The log entries about the shutdown of the application.</summary>
internal static partial class ShutdownLog
{
    [LoggerMessage(EventId = 56, EventName = "JobsGivenUp", Level = LogLevel.Warning,
        Message = "The application ends. In queue {Queue} {Running} pushed jobs still run, and {Waiting} jobs that " +
            "waited are refused. HostOptions.ShutdownTimeout bounds how long they are waited for.")]
    public static partial void JobsGivenUp(ILogger logger, string queue, int running, int waiting);
}
