using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// Makes the loggers of the product. It is the only place that does, so that all of them are guarded.
/// </summary>
internal static class GuardedLoggerFactoryExtensions
{
    public static ILogger CreateGuardedLogger(this ILoggerFactory loggers, string category) =>
        new GuardedLogger(loggers.CreateLogger(category));

    public static ILogger CreateGuardedLogger<T>(this ILoggerFactory loggers) =>
        new GuardedLogger(loggers.CreateLogger<T>());
}
