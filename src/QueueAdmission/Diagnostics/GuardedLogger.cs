using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>A logger out of which no exception of a log provider comes.</summary>
/// <remarks>
/// The framework's logger throws what its providers throw, for example when a disk is full. The product logs on timer
/// and pool threads, where an exception ends the process, and under locks and between steps that belong together. So
/// every logger of the product is one of these; a line that fails is lost.
/// </remarks>
internal sealed class GuardedLogger(ILogger inner) : ILogger
{
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // There is no other place to report it to.
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
                // As above.
            }
        }
    }
}
