using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;
using QueueAdmission.Configuration;

namespace QueueAdmission;

/// <summary>
/// Verifies that a reload is applied either completely or not at all, whatever foreign code does in the meantime.
/// </summary>
public sealed class WholeReloadTests
{
    private const string Before = """
        { "QueuedAdmission": {
            "FallbackQueue": "a",
            "Queues": { "a": { "Workers": 8 }, "b": { "Workers": 8 }, "gone": {} } } }
        """;
    private const string After = """
        { "QueuedAdmission": {
            "FallbackQueue": "b",
            "Queues": { "a": { "Workers": 4 }, "new": {}, "b": { "Workers": 4 } } } }
        """;

    private readonly EditableConfiguration _source = new(Before);

    [Fact]
    public async Task Reload_OneQueueCannotTakeItsSettings_ChangesNone()
    {
        await using var host = await QueueHost.StartAsync(_source);
        var (a, b, gone) = (host.Registry.Find("a")!, host.Registry.Find("b")!, host.Registry.Find("gone")!);
        var overridden = host.Registry.Overrides.Set(
            a, new SettingTarget(JobQueueSettings.DryRun), "true", TimeSpan.FromMinutes(5), "test");
        // The callback has an older copy of the settings. Applying it would undo the changes of the reload.
        b.Queue.Update(_ => _source.Edit(After));

        Assert.Equal((8, 8), (a.Queue.Settings.Workers, b.Queue.Settings.Workers));
        Assert.Equal(["default", "a", "b", "gone"], host.Registry.Select(queue => queue.Name));
        Assert.Equal("a", host.Registry.FallbackQueue?.Name);
        Assert.Equal(JobQueueState.Running, gone.Queue.GetSnapshot().State);
        Assert.Equal(overridden, Assert.Single(host.Registry.Overrides.Of(a)));
        var line = Assert.Single(host.Log.Take());
        Assert.Equal((LogLevel.Error, "ReloadRefused"), (line.Level, line.Event));
        Assert.Contains("InvalidOperationException: The settings of queue 'b'", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_AfterOneThatWasUndone_IsApplied()
    {
        await using var host = await QueueHost.StartAsync(_source);
        host.Registry.Find("b")!.Queue.Update(_ => _source.Edit(After));

        _source.Touch();

        Assert.Equal((4, 4), (host.SettingsOf("a").Workers, host.SettingsOf("b").Workers));
        Assert.Equal(["default", "a", "b", "new"], host.Registry.Select(queue => queue.Name));
        Assert.Equal("b", host.Registry.FallbackQueue?.Name);
    }

    [Fact]
    public async Task Reload_AQueueThatCameBackIsUndone_DrainsAgain()
    {
        _source.Edit("""{ "QueuedAdmission": { "Queues": { "a": {}, "b": {} } } }""");
        await using var host = await QueueHost.StartAsync(_source);
        var (a, b) = (host.Registry.Find("a")!.Queue, host.Registry.Find("b")!.Queue);
        _source.Edit("""{ "QueuedAdmission": { "Queues": { "b": {} } } }""");

        b.Update(
            _ =>
                _source.Edit(
                    """{ "QueuedAdmission": { "Queues": { "a": { "Workers": 3 }, "b": { "Workers": 3 } } } }"""));

        Assert.Equal((JobQueueState.Draining, 16), (a.GetSnapshot().State, a.GetSnapshot().Settings.Workers));
        Assert.False(host.Registry.TryGet("a", out _));
    }

    [Fact]
    public async Task Reload_LogProviderThrows_IsApplied()
    {
        await using var host =
            await QueueHost.StartAsync(_source, services: services => services.AddSingleton<ILoggerProvider>(
            new CallingLog(
                line => line.StartsWith("Queue ", StringComparison.Ordinal),
                () => throw new IOException("No space left on device"))));

        _source.Edit(After);

        AssertApplied(host);
    }

    [Fact]
    public async Task Reload_EndpointsCannotBeListed_IsApplied()
    {
        await using var host = await QueueHost.StartAsync(_source);
        var endpoints = new FailingEndpoints();
        await using var services = new ServiceCollection().BuildServiceProvider();
        var pipeline = new EndpointQueues(host.Registry, endpoints, services, NullLogger.Instance);
        endpoints.Fail = true;

        _source.Edit(After);

        AssertApplied(host);
        GC.KeepAlive(pipeline);
    }

    [Fact]
    public async Task Reload_LogProviderReloadsAgain_TheLastEditHolds()
    {
        var again = new CallingLog(
            line => line.StartsWith("Queue a has new settings", StringComparison.Ordinal),
            () => _source.Edit(After.Replace("\"Workers\": 4", "\"Workers\": 2", StringComparison.Ordinal)),
            once: true);
        await using var host =
            await QueueHost.StartAsync(_source, services: services => services.AddSingleton<ILoggerProvider>(again));

        _source.Edit(After);

        Assert.Equal((2, 2), (host.SettingsOf("a").Workers, host.SettingsOf("b").Workers));
        Assert.Equal(["default", "a", "b", "new"], host.Registry.Select(queue => queue.Name));
    }

    private static void AssertApplied(QueueHost host)
    {
        Assert.Equal((4, 4), (host.SettingsOf("a").Workers, host.SettingsOf("b").Workers));
        Assert.Equal(["default", "a", "b", "new"], host.Registry.Select(queue => queue.Name));
        Assert.Equal("b", host.Registry.FallbackQueue?.Name);
    }

    private sealed class FailingEndpoints : EndpointDataSource
    {
        public bool Fail { get; set; }

        public override IReadOnlyList<Endpoint> Endpoints =>
            Fail ? throw new IOException("The list of routes is gone") : [];

        public override IChangeToken GetChangeToken() => new CancellationChangeToken(CancellationToken.None);
    }

    /// <summary>Calls a method when it receives a matching message.</summary>
    private sealed class CallingLog(Predicate<string> when, Action what, bool once = false) : ILoggerProvider, ILogger
    {
        private bool _done;

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
            if ((_done && once) || !when(formatter(state, exception)))
                return;
            _done = true;
            what();
        }

        public void Dispose()
        {
        }
    }
}
