using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// Creates the loggers of the product. No other code creates them, so all of them are guarded.
/// </summary>
internal static class GuardedLoggerFactoryExtensions
{
    public static ILogger CreateGuardedLogger(this ILoggerFactory loggers, string category) =>
        new GuardedLogger(loggers.CreateLogger(category));

    public static ILogger CreateGuardedLogger<T>(this ILoggerFactory loggers) =>
        new GuardedLogger(loggers.CreateLogger<T>());
}
