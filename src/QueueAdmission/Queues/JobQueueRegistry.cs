using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>
/// All queues of the application, by name. Inject the registry to list or find queues. To inject a single queue, use
/// <c>[FromKeyedServices("name")] JobQueue</c>.
/// </summary>
/// <remarks>
/// If a queue is removed from configuration, it drains and is no longer listed. If it is added again, the same
/// <see cref="JobQueue"/> object resumes. Queues of <c>AddJobQueue</c> are not listed.
/// </remarks>
public sealed class JobQueueRegistry : IReadOnlyCollection<JobQueue>, IDisposable
{
    private readonly LiveQueues _queues;
    private readonly ConfigurationReloader? _reloader;
    private readonly AddedQueues? _added;
    private readonly ILogger _logger;
    private readonly CancellationTokenRegistration _stopping;
    private volatile bool _handlersEnterQueues;

    private JobQueueRegistry(IServiceProvider services)
    {
        var table = SettingTable.BuiltIn.With(
            services.GetServices<QueueSetting>(), services.GetServices<AddedSectionKey>());
        var options = services.GetService<IOptions<QueuedAdmissionOptions>>()?.Value ?? new QueuedAdmissionOptions();
        var code = new CodeSettings(options, table);
        var configuration = services.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build();
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        var metrics = QueueMetrics.For(services);
        _added = services.GetService<AddedQueues>();
        _logger = loggers.CreateGuardedLogger<JobQueueRegistry>();
        Section = code.Section;
        Rejections = code.Rejections;
        Timeouts = new EndpointTimeouts(services);
        if (services.GetService<IHostEnvironment>()?.IsDevelopment() is true)
            EntryOrder = new EntryOrderCheck(loggers.CreateGuardedLogger("QueueAdmission"));
        Overrides = new QueueOverrides(new OverrideTargets(table), time, loggers.CreateGuardedLogger<QueueOverrides>());
        var names = new NameOwners(code, _added);
        var liveLogger = loggers.CreateGuardedLogger<LiveQueues>();
        var requestLogger = loggers.CreateGuardedLogger("QueueAdmission.Requests");
        var extensions = services.GetServices<IJobQueueExtension>().ToList();
        _queues = new LiveQueues(names, table, Overrides, time, metrics, extensions, liveLogger, requestLogger);
        var reloadLogger = loggers.CreateGuardedLogger<ConfigurationReloader>();
        _reloader = new ConfigurationReloader(configuration, code, _queues.TryApply, time, metrics, reloadLogger);
        _reloader.Start();
        _stopping = WhenStopping(services.GetService<IHostApplicationLifetime>(), new(this));
    }

    /// <summary>
    /// Stops listening. The finalizer is for registries that no container disposes. Such a registry has registered
    /// callbacks with objects that may outlive it, for example with a configuration that several hosts share. The
    /// callbacks do not keep the registry alive, but without the finalizer they would never be removed.
    /// </summary>
    ~JobQueueRegistry() => ThreadPool.UnsafeQueueUserWorkItem(
        static registry => registry.StopListening(), this, preferLocal: false);

    /// <summary>The number of queues.</summary>
    public int Count => _queues.Current.Queues.Count;

    /// <summary>Finds a queue by its name.</summary>
    /// <param name="name">The queue's name, compared without case.</param>
    /// <param name="queue">The queue, or null if there is no queue with that name.</param>
    /// <returns>True if the queue was found.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    public bool TryGet(string name, [NotNullWhen(true)] out JobQueue? queue) => (queue = Find(name)?.Queue) is not null;

    /// <summary>
    /// Lists the current queues: first <c>default</c>, then the queues that code added, then the queues of
    /// configuration.
    /// </summary>
    /// <returns>An enumerator. Later changes of the queues do not affect it.</returns>
    public IEnumerator<JobQueue> GetEnumerator() => _queues.Current.Queues.Select(queue => queue.Queue).GetEnumerator();

    /// <summary>
    /// Changes settings of a queue while it works, including the settings for requests. Either all changes are put in
    /// force in one step, or none.
    /// </summary>
    /// <remarks>
    /// <para>For the settings of <see cref="JobQueueOptions"/>, the method does the same as
    /// <see cref="JobQueue.Update(Action{JobQueueOptions})"/>, which is for code that has only the queue. The changes
    /// stay in force until a reload changes the configured settings of the queue. An override that an operator sets
    /// later wins.</para>
    /// <para>Updates of one application run one after the other, so <paramref name="change"/> must be short and must
    /// not wait for another thread. It must not change the settings of the same queue in another way. This method must
    /// not be called inside a callback of <see cref="JobQueue.Update(Action{JobQueueOptions})"/>.</para>
    /// </remarks>
    /// <param name="name">The queue's name, compared without case.</param>
    /// <param name="change">Changes properties of a copy of the settings in force.</param>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="name"/> or <paramref name="change"/> is null.
    /// </exception>
    /// <exception cref="KeyNotFoundException">There is no queue with that name.</exception>
    /// <exception cref="InvalidOperationException">
    /// The method was called inside the callback of another update of this queue. The outer update goes on.
    /// </exception>
    /// <exception cref="OptionsValidationException">A setting is out of its range. Nothing was changed.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Update(string name, Action<RequestQueueOptions> change)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(change);
        if (Find(name) is not { } queue)
            throw new KeyNotFoundException($"There is no queue '{name}'.");
        _queues.Update(queue, change);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void IDisposable.Dispose()
    {
        StopListening();
        _queues.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Returns the queue with that name as the middleware uses it, or null. Names are compared without case.
    /// </summary>
    internal RequestQueue? Find(string name) => _queues.Current.Find(name);

    /// <summary>
    /// Returns a queue of this registry as the middleware uses it, even if the queue has been removed from
    /// configuration. Returns null for other queues.
    /// </summary>
    internal RequestQueue? FindOwn(JobQueue queue) =>
        Find(queue.Name) is { } current && current.Queue == queue ? current : _queues.FindEver(queue);

    /// <summary>The queue for endpoints that name no queue, or null. It may change with a reload.</summary>
    internal RequestQueue? FallbackQueue => _queues.Current.Fallback;

    /// <summary>The current queues as the middleware uses them.</summary>
    internal IReadOnlyList<RequestQueue> RequestQueues => _queues.Current.Queues;

    /// <summary>The hook and the writers with which the application answers rejections of all queues.</summary>
    internal RejectionHandling Rejections { get; }

    /// <summary>The object that keeps the queues in the state that configuration describes.</summary>
    internal LiveQueues Queues => _queues;

    /// <summary>Finds the request timeout of an endpoint.</summary>
    internal EndpointTimeouts Timeouts { get; }

    /// <summary>
    /// Whether a handler has called <c>EnterQueueAsync</c>. If so, a request may hold a worker through a lease.
    /// </summary>
    internal bool HandlersEnterQueues
    {
        get => _handlersEnterQueues;
        set => _handlersEnterQueues = value;
    }

    /// <summary>Reports queues that requests enter in opposite orders; null outside of Development.</summary>
    internal EntryOrderCheck? EntryOrder { get; }

    /// <summary>The temporary changes of settings by operators.</summary>
    internal QueueOverrides Overrides { get; }

    /// <summary>The configuration section from which the queues are read.</summary>
    internal string Section { get; }

    /// <summary>The result of the last reload of the configuration; null before the first reload.</summary>
    internal ReloadStatus? LastReload => _reloader!.LastReload;

    /// <summary>The pipelines and branches that have <c>UseQueuedAdmission</c>.</summary>
    internal LivingPipelines Pipelines { get; } = new();

    /// <summary>
    /// Returns the registry of an application. It is a service of the container if <c>AddQueuedAdmission</c> was
    /// called. Otherwise it is in <see cref="ApplicationRegistries"/>.
    /// </summary>
    /// <exception cref="OptionsValidationException">
    /// The settings are wrong. The message contains all errors.
    /// </exception>
    internal static JobQueueRegistry For(IServiceProvider services) =>
        services.GetService<JobQueueRegistry>() ?? ApplicationRegistries.Get(services);

    internal static JobQueueRegistry Create(IServiceProvider services) => new(services);

    /// <summary>
    /// Waits until all pushed jobs have ended, including jobs that these jobs push. Called after all hosted services
    /// have stopped.
    /// </summary>
    /// <param name="shutdownTimeout">
    /// Ends the wait. Jobs that still wait are then refused, and the handles of running jobs are completed.
    /// </param>
    internal async Task WaitForPushedJobsAsync(CancellationToken shutdownTimeout)
    {
        try
        {
            // A job may push another job to a queue whose pushed jobs had all ended.
            while (Ends().FirstOrDefault(end => !end.IsCompleted) is { } unfinished)
                await unfinished.WaitAsync(shutdownTimeout).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            foreach (var queue in AllQueues())
                GiveUp(queue);
        }

        IEnumerable<Task> Ends() => AllQueues().Select(queue => queue.WhenPushedJobsEndAsync());
    }

    private IEnumerable<JobQueue> AllQueues() => _queues.All.Concat(_added?.Queues ?? []);

    private void GiveUp(JobQueue queue)
    {
        var before = queue.GetSnapshot();
        LiveQueues.Drain(queue, rejectWaiting: true);
        var running = queue.GiveUpPushedJobs();
        if (running + before.Waiting > 0)
            ShutdownLog.JobsGivenUp(_logger, queue.Name, running, before.Waiting);
    }

    /// <summary>
    /// Refuses all waiting requests, and ends reloads and overrides. From then on no request waits. Called at
    /// <see cref="IHostApplicationLifetime.ApplicationStopping"/>, because the server waits for all of its requests
    /// before it stops. Other hosted services may stop before or after the server.
    /// </summary>
    private void Stop()
    {
        // These two are disposed first, so that neither a late edit nor the end of an override changes a queue.
        _reloader!.Dispose();
        Overrides.Dispose();
        _queues.RefuseCallers();
        _added?.RefuseCallers();
    }

    private void StopListening()
    {
        // Unregister and not Dispose: Dispose waits for a running callback, and that callback may wait for a lock that
        // this thread holds.
        _stopping.Unregister();
        _reloader?.Dispose();
        Overrides?.Dispose();
    }

    /// <summary>
    /// Registers a callback for the stop of the host. The callback has only a weak reference to the registry, because
    /// the host may outlive the registry of a tenant.
    /// </summary>
    private static CancellationTokenRegistration WhenStopping(
        IHostApplicationLifetime? host, WeakReference<JobQueueRegistry> registry) =>
        host is null ? default : host.ApplicationStopping.UnsafeRegister(static state =>
        {
            if (((WeakReference<JobQueueRegistry>)state!).TryGetTarget(out var living))
                living.Stop();
        }, registry);
}
