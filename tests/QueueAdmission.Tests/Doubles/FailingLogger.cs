using Microsoft.Extensions.Logging;

namespace QueueAdmission.Doubles;

/// <summary>
/// A log provider that fails, for example because the disk is full. Every call for a category of the library throws.
/// </summary>
internal sealed class FailingLogger(
    bool onlyTheScopesEnd = false, bool isEnabledThrows = true) : ILoggerProvider, ILogger
{
    private int _attempts;

    /// <summary>The number of messages that should have been logged.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith(nameof(QueueAdmission), StringComparison.Ordinal)
        ? this
        : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => onlyTheScopesEnd ? new Scope() : throw new IOException("No space left on device");

    public bool IsEnabled(LogLevel logLevel) =>
        isEnabledThrows ? throw new IOException("No space left on device") : true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        Interlocked.Increment(ref _attempts);
        throw new IOException("No space left on device");
    }

    public void Dispose()
    {
    }

    private sealed class Scope : IDisposable
    {
        public void Dispose() => throw new IOException("No space left on device");
    }
}
