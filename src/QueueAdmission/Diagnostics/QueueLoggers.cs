using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace QueueAdmission;

/// <summary>Creates the logger for messages about endpoints.</summary>
internal static class QueueLoggers
{
    public static ILogger Create(IServiceProvider services) =>
        (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateGuardedLogger("QueueAdmission");
}
