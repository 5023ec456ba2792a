using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission.Configuration;

public sealed class ReloadTests
{
    private readonly EditableConfiguration _configuration = new(Queue("a", """{ "Workers": 8 }"""));

    [Fact]
    public async Task Edit_Setting_ChangesTheSameQueueAndLogsOldAndNew()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        var queue = host.Registry.Find("a")!.Queue;

        _configuration.Edit(Queue("a", """{ "Workers": 4, "MaxWait": "infinite" }"""));

        Assert.Same(queue, host.Registry.Find("a")!.Queue);
        Assert.Equal((4, Timeout.InfiniteTimeSpan), (host.SettingsOf("a").Workers, host.SettingsOf("a").MaxWait));
        Assert.Equal(
            [new LogLine(LogLevel.Information, "QueueChanged", "Queue a has new settings: Workers 8 → 4, MaxWait " +
                "00:00:10 → infinite.")],
            host.Log.Take());
    }

    [Fact]
    public async Task Edit_NewQueue_IsThere()
    {
        await using var host = await QueueHost.StartAsync(_configuration);

        _configuration.Edit("""{ "QueuedAdmission": { "Queues": { "a": { "Workers": 8 }, "b": {} } } }""");

        Assert.True(host.Registry.TryGet("B", out _));
        Assert.Equal(3, host.Registry.Count);
        Assert.Equal(
            [("QueueAdded", "Queue b was added, with 16 workers.")],
            host.Log.Take().Select(line => (line.Event, line.Message)));
    }

    [Fact]
    public async Task Edit_FallbackQueue_Changes()
    {
        await using var host = await QueueHost.StartAsync(_configuration, o => o.FallbackQueue = "default");
        Assert.Equal("default", host.Registry.FallbackQueue?.Name);

        _configuration.Edit("""{ "QueuedAdmission": { "FallbackQueue": "a", "Queues": { "a": { "Workers": 8 } } } }""");

        Assert.Equal("a", host.Registry.FallbackQueue?.Name);
        Assert.Equal(["The fallback queue changed: default → a."], host.Log.Take().Select(line => line.Message));
    }

    [Fact]
    public async Task Edit_QueueRemovedAndAddedAgain_DrainsThenTheSameObjectResumes()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        var queue = host.Registry.Find("a")!.Queue;
        using var running = await queue.EnterAsync(TestContext.Current.CancellationToken);

        _configuration.Edit("{}");
        Assert.Null(host.Registry.Find("a"));
        Assert.Equal(JobQueueState.Draining, queue.GetSnapshot().State);
        Assert.Equal(1, queue.GetSnapshot().Running);

        _configuration.Edit(Queue("a", """{ "Workers": 2 }"""));
        Assert.Same(queue, host.Registry.Find("a")!.Queue);
        Assert.Equal(JobQueueState.Running, queue.GetSnapshot().State);
        Assert.Equal(2, queue.GetSnapshot().Settings.Workers);
        Assert.Equal(["QueueRemoved", "QueueAddedAgain"], host.Log.Take().Select(line => line.Event));
    }

    [Fact]
    public async Task Stop_RemovedQueueThatStillDrains_RefusesItsWaiters()
    {
        _configuration.Edit(Queue("a", """{ "Workers": 1, "MaxWait": "infinite" }"""));
        await using var host = await QueueHost.StartAsync(_configuration);
        var queue = host.Registry.Find("a")!.Queue;
        using var running = await queue.EnterAsync(TestContext.Current.CancellationToken);
        var waiting = queue.EnterAsync(TestContext.Current.CancellationToken);
        _configuration.Edit("{}");
        Assert.False(waiting.IsCompleted);

        await host.StopAsync();

        using var lease =
            await waiting.AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(RejectionReason.Draining, lease.Rejection?.Reason);
    }

    [Fact]
    public async Task Edit_QueueOfCodeNoLongerConfigured_GoesBackToItsCode()
    {
        await using var host = await QueueHost.StartAsync(_configuration, o => o.AddQueue("a", a => a.Workers = 3));
        Assert.Equal(8, host.SettingsOf("a").Workers);

        _configuration.Edit("{}");

        Assert.Equal(3, host.SettingsOf("a").Workers);
        Assert.Equal(JobQueueState.Running, host.Registry.Find("a")!.Queue.GetSnapshot().State);
    }

    [Fact]
    public async Task Edit_RemovesQueueInUse_IsRefusedAsAWhole()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        var endpoint =
            new Endpoint(requestDelegate: null, new EndpointMetadataCollection(new QueuedAttribute("A")), "endpoint");
        var pipeline = new EndpointQueues(
            host.Registry,
            new DefaultEndpointDataSource(endpoint),
            new ServiceCollection().BuildServiceProvider(),
            NullLogger.Instance);

        _configuration.Edit(Queue("b", "{}"));
        GC.KeepAlive(pipeline);

        Assert.Equal(8, host.SettingsOf("a").Workers);
        Assert.Equal(JobQueueState.Running, host.Registry.Find("a")!.Queue.GetSnapshot().State);
        Assert.Null(host.Registry.Find("b"));
        var line = Assert.Single(host.Log.Take());
        Assert.Equal((LogLevel.Error, "ReloadRefused"), (line.Level, line.Event));
        Assert.Contains(
            "QueuedAdmission:Queues:a was removed, but an endpoint names this queue",
            line.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_Bad_ChangesNothingAndLogsOneErrorThatNamesEveryKey()
    {
        await using var host = await QueueHost.StartAsync(_configuration);

        _configuration.Edit("""
            { "QueuedAdmission": {
                "Defaults": { "MaxWait": 30 }, "Queues": { "a": { "Workers": 0 }, "b": { "Workers": 1 } } } }
            """);
        _configuration.Touch();

        Assert.Equal(8, host.SettingsOf("a").Workers);
        Assert.Null(host.Registry.Find("b"));
        var line = Assert.Single(host.Log.Take());
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains("QueuedAdmission:Defaults:MaxWait is '30'", line.Message, StringComparison.Ordinal);
        Assert.Contains(
            "QueuedAdmission:Queues:a:Workers is 0; allowed: 1 to 100,000.", line.Message, StringComparison.Ordinal);
        Assert.Equal(2, host.Registry.LastReload?.Errors.Count);
    }

    [Fact]
    public async Task Edit_GoodAfterBad_IsTaken()
    {
        await using var host = await QueueHost.StartAsync(_configuration);

        _configuration.Edit(Queue("a", """{ "Workers": 0 }"""));
        _configuration.Edit(Queue("a", """{ "Workers": 5 }"""));

        Assert.Equal(5, host.SettingsOf("a").Workers);
        Assert.True(host.Registry.LastReload?.Succeeded);
        Assert.Equal(["ReloadRefused", "QueueChanged", "ReloadGoodAgain"], host.Log.Take().Select(line => line.Event));
    }

    [Fact]
    public async Task Edit_SameMistakeAfterAGoodEdit_IsLoggedAgain()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        var bad = Queue("a", """{ "Workers": 0 }""");

        _configuration.Edit(bad);
        _configuration.Edit(Queue("a", """{ "Workers": 8 }"""));
        _configuration.Edit(bad);

        Assert.Equal(["ReloadRefused", "ReloadGoodAgain", "ReloadRefused"], host.Log.Take().Select(line => line.Event));
    }

    [Fact]
    public async Task Touch_NothingChanged_KeepsWhatCodeChangedAndLogsNothing()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        host.Registry.Find("a")!.Queue.Update(o => o.Workers = 1);

        _configuration.Touch();
        _configuration.Edit("""{ "QueuedAdmission": { "Queues": { "a": { "Workers": 8 }, "b": {} } } }""");

        Assert.Equal(1, host.SettingsOf("a").Workers);
        Assert.Equal(["QueueAdded"], host.Log.Take().Select(line => line.Event));
    }

    [Fact]
    public async Task Edit_OneQueueWasDisposedByItsUser_ChangesTheOthers()
    {
        _configuration.Edit("""{ "QueuedAdmission": { "Queues": { "a": {}, "b": {} } } }""");
        await using var host = await QueueHost.StartAsync(_configuration);
        host.Registry.Find("a")!.Queue.Dispose();

        _configuration.Edit(
            """{ "QueuedAdmission": { "Queues": { "a": { "Workers": 2 }, "b": { "Workers": 2 } } } }""");

        Assert.Equal(2, host.SettingsOf("b").Workers);
    }

    [Fact]
    public async Task Edit_WhileTheHostStops_ChangesNothing()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        var queue = host.Registry.Find("a")!;
        await host.StopAsync();

        _configuration.Edit(Queue("a", """{ "Workers": 4 }"""));

        Assert.Equal(8, queue.Queue.Settings.Workers);
    }

    [Fact]
    public async Task Read_ProviderThrows_KeepsTheSettingsAndTakesTheNextGoodEdit()
    {
        var failing = new FailingProvider();
        await using var host =
            await QueueHost.StartAsync(configuration => configuration.Add(_configuration).Add(failing));

        failing.Fails = true;
        _configuration.Edit(Queue("a", """{ "Workers": 4 }"""));
        _configuration.Touch();

        Assert.Equal(8, host.SettingsOf("a").Workers);
        Assert.False(host.Registry.LastReload?.Succeeded);
        var line = Assert.Single(host.Log.Take());
        Assert.Equal((LogLevel.Error, "ReloadRefused"), (line.Level, line.Event));
        Assert.Contains(
            "QueuedAdmission cannot be read: InvalidTimeZoneException: the vault is closed",
            line.Message,
            StringComparison.Ordinal);

        failing.Fails = false;
        _configuration.Touch();

        Assert.Equal(4, host.SettingsOf("a").Workers);
        Assert.Equal(["QueueChanged", "ReloadGoodAgain"], host.Log.Take().Select(line => line.Event));
    }

    [Fact]
    public async Task Load_ProviderThrows_KeepsTheSettingsAndTakesTheNextGoodEdit()
    {
        var failing = new FailingProvider();
        IConfigurationRoot? root = null;
        await using var host = await QueueHost.StartAsync(
            configuration => root = (IConfigurationRoot)configuration.Add(_configuration).Add(failing));

        failing.Fails = true;
        Assert.Throws<InvalidTimeZoneException>(root!.Reload);
        Assert.Equal(8, host.SettingsOf("a").Workers);

        failing.Fails = false;
        _configuration.Edit(Queue("a", """{ "Workers": 4 }"""));
        Assert.Equal(4, host.SettingsOf("a").Workers);
    }

    [Fact]
    public async Task Edit_AnotherSubscriberThrows_IsTakenEachTime()
    {
        IConfigurationRoot? root = null;
        await using var host =
            await QueueHost.StartAsync(configuration => root = (IConfigurationRoot)configuration.Add(_configuration));
        using var before = ChangeToken.OnChange(root!.GetReloadToken, () => throw new InvalidTimeZoneException());
        using var early = ChangeToken.OnChange(
            ((IConfigurationProvider)_configuration).GetReloadToken, () => throw new InvalidTimeZoneException());

        for (var workers = 1; workers <= 3; workers++)
        {
            Assert.ThrowsAny<Exception>(() => _configuration.Edit(Queue("a", $$"""{ "Workers": {{workers}} }""")));
            Assert.Equal(workers, host.SettingsOf("a").Workers);
        }
    }

    [Fact]
    public void Start_ProviderThrows_LeavesNothingRegistered()
    {
        var failing = new FailingProvider();
        using var shared = (ConfigurationRoot)new ConfigurationBuilder().Add(_configuration).Add(failing).Build();
        failing.Fails = true;
        var reloader = new ConfigurationReloader(
            shared, new CodeSettings(new QueuedAdmissionOptions()), _ =>
                [], TimeProvider.System, metrics: null, NullLogger.Instance);
        Assert.Throws<InvalidTimeZoneException>(reloader.Start);

        var reads = failing.Reads;
        _configuration.Touch();

        Assert.NotEqual(0, reads);
        Assert.Equal(reads, failing.Reads);
    }

    private sealed class FailingProvider : ConfigurationProvider, IConfigurationSource
    {
        public bool Fails { get; set; }

        public int Reads { get; private set; }

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override void Load() => ThrowIfFailing();

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath)
        {
            if (parentPath?.StartsWith("QueuedAdmission", StringComparison.Ordinal) is true)
            {
                Reads++;
                ThrowIfFailing();
            }
            return base.GetChildKeys(earlierKeys, parentPath);
        }

        private void ThrowIfFailing()
        {
            if (Fails)
                throw new InvalidTimeZoneException("the vault is closed");
        }
    }

    private static string Queue(string name, string settings) =>
        $$"""{ "QueuedAdmission": { "Queues": { "{{name}}": {{settings}} } } }""";

    [Fact]
    public async Task Reload_ThatDealsTheWaitersAgain_LogsHowLongItTook()
    {
        const string Section = """
            { "QueuedAdmission": { "Queues": { "q": { "Workers": 1, "Partitions": %, "PartitionCapacity": 9 } } } }
            """;
        var configuration = new EditableConfiguration(Section.Replace('%', '2'));
        await using var host = await QueueHost.StartAsync(configuration);
        var queue = host.Registry.Find("q")!.Queue;
        using var running = queue.TryEnter();
        var waiting = queue.EnterAsync(TestContext.Current.CancellationToken);

        configuration.Edit(Section.Replace('%', '3'));

        await host.Log.NextAsync("QueueChanged");
        Assert.StartsWith(
            "Queue q distributed its 1 waiting jobs again for its new settings. That took ",
            await host.Log.NextAsync("WaitersDealtAgain"), StringComparison.Ordinal);
        running.Dispose();
        (await waiting).Dispose();
    }
}
