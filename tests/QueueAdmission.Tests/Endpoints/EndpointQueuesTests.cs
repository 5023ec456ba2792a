using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Primitives;
using QueueAdmission.Configuration;

namespace QueueAdmission;

public sealed class EndpointQueuesTests
{
    private readonly EditableConfiguration _configuration = new(Queues("a", "b"));

    [Fact]
    public async Task Find_SameEndpointAgain_IsTheSameDecisionUntilTheQueuesChange()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        using var source = new ChangingEndpoints();
        var queues = Create(host, source);
        var endpoint = Named("a");

        var first = queues.Find(endpoint);
        Assert.Same(first, queues.Find(endpoint));

        _configuration.Edit(Queues("a", "b", "c"));
        Assert.NotSame(first, queues.Find(endpoint));
        Assert.Same(first!.Queue, queues.Find(endpoint)!.Queue);
    }

    [Fact]
    public async Task Find_MoreEndpointsThanAreKeptInFront_FindsEachItsOwn()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        using var source = new ChangingEndpoints();
        var queues = Create(host, source);
        var endpoints = Enumerable.Range(0, 1_000).Select(i => Named(i % 2 == 0 ? "a" : "b")).ToList();

        for (var round = 0; round < 3; round++)
        {
            Assert.All(
                endpoints, (endpoint, i) => Assert.Equal(i % 2 == 0 ? "a" : "b", queues.Find(endpoint)!.Queue!.Name));
        }
    }

    [Fact]
    public async Task Find_EndpointsMadeForEachRequest_LogsAnUnknownNameOnce()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        using var source = new ChangingEndpoints();
        var log = new FakeLogger();
        var queues = Create(host, source, log);

        for (var i = 0; i < 20; i++)
        {
            Assert.NotNull(queues.Find(Named("lost", $"request {i}"))!.Problem);
            Assert.NotNull(queues.Find(Named("gone", $"request {i}"))!.Problem);
        }

        Assert.Collection(
            log.Collector.GetSnapshot()
                .Where(record => record.Level == LogLevel.Error)
                .Select(record => record.Message),
            line => Assert.Contains("'lost'", line, StringComparison.Ordinal),
            line => Assert.Contains("'gone'", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Find_UnknownNameAgainAfterTheQueueExisted_IsLoggedAgain()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        using var source = new ChangingEndpoints();
        var log = new FakeLogger();
        var queues = Create(host, source, log);
        queues.Find(Named("lost"));

        _configuration.Edit(Queues("a", "b", "lost"));
        Assert.Null(queues.Find(Named("lost"))!.Problem);
        source.Set();
        _configuration.Edit(Queues("a", "b"));
        queues.Find(Named("lost"));

        Assert.Equal(2, log.Collector.GetSnapshot().Count(record => record.Level == LogLevel.Error));
    }

    [Fact]
    public void ReportedNames_MoreThanTheBound_AreNotKept()
    {
        var names = new ReportedNames();
        for (var i = 0; i < ReportedNames.MaxNames; i++)
            Assert.True(names.Add($"name {i}"));

        Assert.False(names.Add("one more"));
        names.Remove("name 0");
        Assert.True(names.Add("one more"));
    }

    [Fact]
    public async Task Reload_RemovesAQueueWhoseEndpointIsGone_IsTaken()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        using var source = new ChangingEndpoints(Named("a"));
        var queues = Create(host, source);
        // Routing uses a different object for the same endpoint.
        queues.Find(Named("a"));
        _configuration.Edit(Queues("b"));
        Assert.NotNull(host.Registry.Find("a"));

        source.Set();
        _configuration.Edit(Queues("b", "c"));

        Assert.Null(host.Registry.Find("a"));
        Assert.NotNull(host.Registry.Find("c"));
        GC.KeepAlive(queues);
    }

    [Fact]
    public async Task Reload_RemovesAQueueWhosePipelineIsGone_IsTaken()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        using var source = new ChangingEndpoints(Named("a"));
        var pipeline = Forgotten(host, source);

        Collect();
        Assert.False(pipeline.IsAlive);
        _configuration.Edit(Queues("b"));

        Assert.Null(host.Registry.Find("a"));
        // The callback of the change token detects that the pipeline no longer exists.
        source.Set(Named("b"));
        source.Set();
        Assert.Equal(0, source.Listeners);
    }

    [Fact]
    public async Task Reload_RemovesAQueueThatAnEndpointMadeOnTheFlyNames_IsRefused()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        using var source = new ChangingEndpoints();
        var queues = Create(host, source);
        var endpoint = Named("a");
        queues.Find(endpoint);

        _configuration.Edit(Queues("b"));

        Assert.NotNull(host.Registry.Find("a"));
        GC.KeepAlive(endpoint);
        GC.KeepAlive(queues);
    }

    [Fact]
    public async Task Reload_SourceOfEndpointsThrows_IsTaken()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        using var source = new ChangingEndpoints();
        var queues = Create(host, source);

        source.Throws = true;
        source.Set();
        _configuration.Edit(Queues("a", "b", "c"));

        Assert.NotNull(host.Registry.Find("c"));
        GC.KeepAlive(queues);
    }

    [Fact]
    public async Task Endpoint_ThatIsGone_IsCollected()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        using var source = new ChangingEndpoints();
        var queues = Create(host, source);
        var endpoint = Ask(queues);

        Collect();

        Assert.False(endpoint.IsAlive);
        GC.KeepAlive(queues);
    }

    [Fact]
    public async Task Watch_OnAListenerThatOutlivesIt_IsCollectedAndLeavesWithTheNextEvent()
    {
        await using var host = await QueueHost.StartAsync(_configuration);
        using var listener = new DiagnosticListener("shared");
        var watch = Watch(host, listener);

        Collect();
        Assert.False(watch.IsAlive);

        Assert.True(listener.IsEnabled());
        listener.Write("Microsoft.AspNetCore.Routing.EndpointMatched", new DefaultHttpContext());
        Assert.False(listener.IsEnabled());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Forgotten(QueueHost host, EndpointDataSource source) => new(Create(host, source));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Ask(EndpointQueues queues)
    {
        var endpoint = Named("a");
        // The first lookup decides, the second uses the table, and the third uses the cache.
        for (var i = 0; i < 3; i++)
            Assert.NotNull(queues.Find(endpoint));
        return new WeakReference(endpoint);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Watch(QueueHost host, DiagnosticListener listener)
    {
        using var source = new ChangingEndpoints();
        var watch = new PassageWatch(source);
        watch.Start(host.Registry, listener, NullLogger.Instance);
        return new WeakReference(watch);
    }

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static EndpointQueues Create(QueueHost host, EndpointDataSource source, ILogger? logger = null) =>
        new(host.Registry, source, host.Services, logger ?? NullLogger.Instance);

    private static Endpoint Named(string queue, string name = "endpoint") =>
        new(requestDelegate: null, new EndpointMetadataCollection(new QueuedAttribute(queue)), name);

    private static string Queues(params IEnumerable<string> names)
    {
        var queues = string.Join(", ", names.Select(name => $"\"{name}\": {{}}"));
        return $$"""{ "QueuedAdmission": { "Queues": { {{queues}} } } }""";
    }

    private sealed class ChangingEndpoints(params Endpoint[] endpoints) : EndpointDataSource, IDisposable
    {
        private readonly List<Token> _tokens = [];
        private Token _current = new();
        private Endpoint[] _endpoints = endpoints;

        public bool Throws { get; set; }

        public int Listeners => _current.Listeners;

        public override IReadOnlyList<Endpoint> Endpoints => Throws ? throw new InvalidTimeZoneException() : _endpoints;

        public override IChangeToken GetChangeToken() => _current;

        public void Set(params Endpoint[] endpoints)
        {
            _endpoints = endpoints;
            var before = _current;
            _tokens.Add(before);
            _current = new Token();
            before.Change();
        }

        public void Dispose() => _tokens.Clear();

        private sealed class Token : IChangeToken
        {
            private readonly List<Action> _callbacks = [];

            public int Listeners => _callbacks.Count;

            public bool HasChanged { get; private set; }

            public bool ActiveChangeCallbacks => true;

            public IDisposable RegisterChangeCallback(Action<object?> callback, object? state)
            {
                Action call = () => callback(state);
                _callbacks.Add(call);
                return new Registration(() => _callbacks.Remove(call));
            }

            public void Change()
            {
                HasChanged = true;
                foreach (var callback in _callbacks.ToList())
                    callback();
            }
        }

        private sealed class Registration(Action leave) : IDisposable
        {
            public void Dispose() => leave();
        }
    }
}
