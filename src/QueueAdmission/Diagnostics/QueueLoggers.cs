using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace QueueAdmission;

/// <summary>The logger of what is found about endpoints.</summary>
internal static class QueueLoggers
{
    public static ILogger Create(IServiceProvider services) =>
        (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateGuardedLogger("QueueAdmission");
}
