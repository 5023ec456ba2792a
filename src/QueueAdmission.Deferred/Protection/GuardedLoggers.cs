using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>
/// Lets Data Protection write to the log of the application, shielded from exceptions of the logging providers.
/// </summary>
internal sealed class GuardedLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => loggers.CreateGuardedLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
        // The application disposes its loggers.
    }
}
