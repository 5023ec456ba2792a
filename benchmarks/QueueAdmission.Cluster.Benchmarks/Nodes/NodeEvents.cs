using System.Globalization;
using Microsoft.Extensions.Logging;
using QueueAdmission.Cluster.Benchmarks.Figures;

namespace QueueAdmission.Cluster.Benchmarks.Nodes;

/// <summary>Records the times of the cluster's log messages, for example that a lease was lost or regained.</summary>
internal sealed class NodeEvents(string path) : ILoggerProvider, ILogger
{
    private readonly StreamWriter _file = new(path) { AutoFlush = true };

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (_file)
        {
            _file.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{Clock.Now.Ticks} {eventId.Name} {formatter(state, exception)}"));
        }
    }

    public void Dispose() => _file.Dispose();

    public static IReadOnlyList<(TimeSpan At, string Name)> Read(string path)
    {
        List<(TimeSpan, string)> events = [];
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            if (line.Split(' ') is [var ticks, var name, ..]
                && long.TryParse(ticks, CultureInfo.InvariantCulture, out var at))
                events.Add((new TimeSpan(at), name));
        }
        return events;
    }
}
