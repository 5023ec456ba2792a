using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Configuration;

/// <summary>
/// The library's log messages about configuration, in order. A test awaits them one by one, and thus learns when a file
/// has been reloaded.
/// </summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly Channel<LogLine> _lines = Channel.CreateUnbounded<LogLine>();

    public async Task<LogLine> NextAsync()
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        return await _lines.Reader.ReadAsync(bound.Token);
    }

    public async Task<string> NextAsync(string eventName)
    {
        var line = await NextAsync();
        Assert.Equal(eventName, line.Event);
        return line.Message;
    }

    /// <summary>Returns the messages that no test has awaited yet.</summary>
    public IReadOnlyList<LogLine> Take()
    {
        var lines = new List<LogLine>();
        while (_lines.Reader.TryRead(out var line))
            lines.Add(line);
        return lines;
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        // Event ids from 50 on belong to messages about requests.
        if (eventId.Name is not null && eventId.Id < 50)
            _lines.Writer.TryWrite(new LogLine(logLevel, eventId.Name, formatter(state, exception)));
    }

    public void Dispose()
    {
    }
}

internal sealed record LogLine(LogLevel Level, string Event, string Message);
