using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>A logger that catches the exceptions of the log providers.</summary>
/// <remarks>
/// The framework's logger rethrows the exceptions of its providers, for example when a disk is full. The product logs
/// on timer and thread-pool threads, where an unhandled exception terminates the process. It also logs under locks, and
/// between steps that must not be separated. Every logger of the product is therefore guarded. A log entry that fails
/// is lost.
/// </remarks>
internal sealed class GuardedLogger(ILogger inner) : ILogger
{
    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        try
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // Nothing else could report the failure of the logger.
        }
    }

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return inner.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        try
        {
            return inner.BeginScope(state) is { } scope ? new Scope(scope) : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private sealed class Scope(IDisposable inner) : IDisposable
    {
        public void Dispose()
        {
            try
            {
                inner.Dispose();
            }
            catch (Exception)
            {
                // See Log.
            }
        }
    }
}
