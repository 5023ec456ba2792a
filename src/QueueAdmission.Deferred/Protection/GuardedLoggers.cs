using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>Gives Data Protection the log of the application, without the exceptions of its providers.</summary>
internal sealed class GuardedLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => loggers.CreateGuardedLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
        // The application disposes its log.
    }
}
