using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>Creates all loggers of the product, so that each of them is a <see cref="GuardedLogger"/>.</summary>
internal static class GuardedLoggerFactoryExtensions
{
    public static ILogger CreateGuardedLogger(this ILoggerFactory loggers, string category) =>
        new GuardedLogger(loggers.CreateLogger(category));

    public static ILogger CreateGuardedLogger<T>(this ILoggerFactory loggers) =>
        new GuardedLogger(loggers.CreateLogger<T>());
}
