using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>All queues of the application, by name. Inject it to look at them; to inject one queue use <c>[FromKeyedServices("name")] JobQueue</c>.</summary>
/// <remarks>A queue that configuration no longer names drains and is not listed any more. When it is added again, it is the same object that resumes.</remarks>
public sealed class JobQueueRegistry : IReadOnlyCollection<JobQueue>, IDisposable
{
    private static readonly Lock RegistriesGate = new();
    private static readonly ConditionalWeakTable<IHostApplicationLifetime, JobQueueRegistry> Registries = [];

    private readonly LiveQueues _queues;
    private readonly ConfigurationReloader _reloader;
    private int _entrances;

    private JobQueueRegistry(IServiceProvider services)
    {
        var code = new CodeSettings(services.GetService<IOptions<QueuedAdmissionOptions>>()?.Value ?? new QueuedAdmissionOptions());
        var configuration = services.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build();
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        var metrics = QueueMetrics.For(services);
        Section = code.Section;
        OnRejected = code.OnRejected;
        Timeouts = new EndpointTimeouts(services);
        Overrides = new QueueOverrides(time, loggers.CreateLogger<QueueOverrides>());
        _queues = new LiveQueues(code.Section, Overrides, time, metrics, loggers.CreateLogger<LiveQueues>(), loggers.CreateLogger("QueueAdmission.Requests"));
        _reloader = new ConfigurationReloader(configuration, code, _queues.TryApply, time, metrics, loggers.CreateLogger<ConfigurationReloader>());
        _reloader.Start();
        services.GetService<IHostApplicationLifetime>()?.ApplicationStopping.Register(Stop);
    }

    /// <summary>How many queues there are.</summary>
    public int Count => _queues.Current.Queues.Count;

    /// <summary>Finds a queue.</summary>
    /// <param name="name">The queue's name, compared without case.</param>
    /// <param name="queue">The queue, or null if there is none of that name.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    public bool TryGet(string name, [NotNullWhen(true)] out JobQueue? queue) => (queue = Find(name)?.Queue) is not null;

    /// <summary>Lists the queues there are at this moment: first <c>default</c>, then those that code added, then those of configuration.</summary>
    /// <returns>An enumerator that a later change does not touch.</returns>
    public IEnumerator<JobQueue> GetEnumerator() => _queues.Current.Queues.Select(queue => queue.Queue).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void IDisposable.Dispose()
    {
        _reloader.Dispose();
        Overrides.Dispose();
        _queues.Dispose();
    }

    /// <summary>The queue of that name as the middleware uses it; null if there is none. Names are compared without case.</summary>
    internal AdmissionQueue? Find(string name) => _queues.Current.Find(name);

    /// <summary>The queue for endpoints without metadata, or null. May change with a reload.</summary>
    internal AdmissionQueue? FallbackQueue => _queues.Current.Fallback;

    /// <summary>The queues there are at this moment, as the middleware uses them.</summary>
    internal IReadOnlyList<AdmissionQueue> AdmissionQueues => _queues.Current.Queues;

    internal Func<RejectionContext, ValueTask>? OnRejected { get; }

    /// <summary>The queues as the middleware uses them.</summary>
    internal LiveQueues Queues => _queues;

    /// <summary>How long requests of an endpoint may take.</summary>
    internal EndpointTimeouts Timeouts { get; }

    /// <summary>What operators changed for a while.</summary>
    internal QueueOverrides Overrides { get; }

    /// <summary>The configuration section the queues are read from.</summary>
    internal string Section { get; }

    /// <summary>How the last reload of the configuration went; null before the first.</summary>
    internal ReloadStatus? LastReload => _reloader.LastReload;

    /// <summary>Raised after a reload changed the set of queues or the fallback queue.</summary>
    internal event Action? Changed
    {
        add => _queues.Changed += value;
        remove => _queues.Changed -= value;
    }

    /// <summary>Whether <c>UseQueuedAdmission</c> stands in the pipeline and its branches more than once, so that a request may pass it within itself.</summary>
    internal bool HasSeveralEntrances => Volatile.Read(ref _entrances) > 1;

    internal void CountEntrance() => Interlocked.Increment(ref _entrances);

    /// <summary>The one registry of a host: from the container if AddQueuedAdmission was called, otherwise one for the host, keyed weakly by its lifetime object.</summary>
    /// <exception cref="OptionsValidationException">The settings are wrong; all that is wrong is in the message.</exception>
    internal static JobQueueRegistry For(IServiceProvider services)
    {
        if (services.GetService<JobQueueRegistry>() is { } registered)
            return registered;
        var host = services.GetRequiredService<IHostApplicationLifetime>();
        if (Registries.TryGetValue(host, out var registry))
            return registry;
        lock (RegistriesGate)
        {
            if (!Registries.TryGetValue(host, out registry))
                Registries.Add(host, registry = Create(services));
            return registry;
        }
    }

    internal static JobQueueRegistry Create(IServiceProvider services) => new(services);

    /// <summary>
    /// From <see cref="IHostApplicationLifetime.ApplicationStopping"/> on nobody waits: the server itself waits for every request it has, waiting ones included,
    /// before any hosted service hears of the stop.
    /// </summary>
    private void Stop()
    {
        // First of all, so that no late edit and no override that ends resumes a queue.
        _reloader.Dispose();
        Overrides.Dispose();
        _queues.RefuseAll();
    }
}
