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
/// All queues of the application, by name. Inject it to look at them; to inject one queue use
/// <c>[FromKeyedServices("name")] JobQueue</c>.
/// </summary>
/// <remarks>
/// A queue that configuration no longer names drains and is not listed any more. When it is added again, it is the same
/// object that resumes. Queues of <c>AddJobQueue</c> are not listed.
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
    /// Stops listening. It is for registries that no container disposes. They are registered with objects that outlive
    /// them, such as the configuration of several hosts. These registrations do not keep a registry alive, but would
    /// stay behind.
    /// </summary>
    ~JobQueueRegistry() => ThreadPool.UnsafeQueueUserWorkItem(
        static registry => registry.StopListening(), this, preferLocal: false);

    /// <summary>How many queues there are.</summary>
    public int Count => _queues.Current.Queues.Count;

    /// <summary>Finds a queue.</summary>
    /// <param name="name">The queue's name, compared without case.</param>
    /// <param name="queue">The queue, or null if there is none of that name.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    public bool TryGet(string name, [NotNullWhen(true)] out JobQueue? queue) => (queue = Find(name)?.Queue) is not null;

    /// <summary>
    /// Lists the queues there are at this moment: first <c>default</c>, then those that code added, then those of
    /// configuration.
    /// </summary>
    /// <returns>An enumerator that a later change does not touch.</returns>
    public IEnumerator<JobQueue> GetEnumerator() => _queues.Current.Queues.Select(queue => queue.Queue).GetEnumerator();

    /// <summary>
    /// Changes settings of a queue while it works, also those for requests: all of them in one step, or none.
    /// </summary>
    /// <remarks>
    /// <para>The settings of <see cref="JobQueueOptions"/> change as by
    /// <see cref="JobQueue.Update(Action{JobQueueOptions})"/>, which serves code that only has the queue. What is
    /// changed holds until a reload changes the configured settings of the queue. An override that an operator sets
    /// later wins.</para>
    /// <para>Updates of one application run one after the other, so <paramref name="change"/> must be short and must
    /// not wait for another thread. It may not change the settings of the same queue in another way, and this method
    /// may not be called inside a callback of <see cref="JobQueue.Update(Action{JobQueueOptions})"/>.</para>
    /// </remarks>
    /// <param name="name">The queue's name, compared without case.</param>
    /// <param name="change">Sets the properties to change on a copy of the settings in force.</param>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="name"/> or <paramref name="change"/> is null.
    /// </exception>
    /// <exception cref="KeyNotFoundException">There is no queue of that name.</exception>
    /// <exception cref="InvalidOperationException">
    /// Called inside the callback of another update of this queue; the outer update goes on.
    /// </exception>
    /// <exception cref="OptionsValidationException">A setting is out of its range; nothing was changed.</exception>
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
    /// The queue of that name as the middleware uses it; null if there is none. Names are compared without case.
    /// </summary>
    internal RequestQueue? Find(string name) => _queues.Current.Find(name);

    /// <summary>
    /// A queue of the application as the middleware uses it, even if configuration no longer names it. Null for other
    /// queues.
    /// </summary>
    internal RequestQueue? FindOwn(JobQueue queue) =>
        Find(queue.Name) is { } current && current.Queue == queue ? current : _queues.FindEver(queue);

    /// <summary>The queue for endpoints without metadata, or null. May change with a reload.</summary>
    internal RequestQueue? FallbackQueue => _queues.Current.Fallback;

    /// <summary>The queues there are at this moment, as the middleware uses them.</summary>
    internal IReadOnlyList<RequestQueue> RequestQueues => _queues.Current.Queues;

    /// <summary>The hook and the writers of the application for rejections of all queues.</summary>
    internal RejectionHandling Rejections { get; }

    /// <summary>The queues as the middleware uses them.</summary>
    internal LiveQueues Queues => _queues;

    /// <summary>How long requests of an endpoint may take.</summary>
    internal EndpointTimeouts Timeouts { get; }

    /// <summary>
    /// Whether handlers enter queues by <c>EnterQueueAsync</c>, so that a request may hold a worker by a lease.
    /// </summary>
    internal bool HandlersEnterQueues
    {
        get => _handlersEnterQueues;
        set => _handlersEnterQueues = value;
    }

    /// <summary>Reports queues that requests enter in opposite orders; null outside of Development.</summary>
    internal EntryOrderCheck? EntryOrder { get; }

    /// <summary>The temporary changes by operators.</summary>
    internal QueueOverrides Overrides { get; }

    /// <summary>The configuration section the queues are read from.</summary>
    internal string Section { get; }

    /// <summary>How the last reload of the configuration went; null before the first.</summary>
    internal ReloadStatus? LastReload => _reloader!.LastReload;

    /// <summary>The pipelines and branches that have <c>UseQueuedAdmission</c>.</summary>
    internal LivingPipelines Pipelines { get; } = new();

    /// <summary>
    /// The registry of an application. It comes from the container if <c>AddQueuedAdmission</c> was called. Otherwise
    /// it belongs to the container.
    /// </summary>
    /// <exception cref="OptionsValidationException">
    /// The settings are wrong; all that is wrong is in the message.
    /// </exception>
    internal static JobQueueRegistry For(IServiceProvider services) =>
        services.GetService<JobQueueRegistry>() ?? ApplicationRegistries.Get(services);

    internal static JobQueueRegistry Create(IServiceProvider services) => new(services);

    /// <summary>
    /// Waits for pushed jobs, and for those that they push. Called when all hosted services have stopped.
    /// </summary>
    /// <param name="shutdownTimeout">
    /// Ends the wait. Then jobs that still wait are refused, and handles of those that run are completed.
    /// </param>
    internal async Task WaitForPushedJobsAsync(CancellationToken shutdownTimeout)
    {
        try
        {
            // A job may push another one into a queue that had none any more.
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
    /// Called at <see cref="IHostApplicationLifetime.ApplicationStopping"/>. From then on no request waits, because the
    /// server waits for all of its requests before it stops. Other hosted services may stop before or after the server.
    /// </summary>
    private void Stop()
    {
        // First of all, so that no late edit and no override that ends changes a queue.
        _reloader!.Dispose();
        Overrides.Dispose();
        _queues.RefuseCallers();
        _added?.RefuseCallers();
    }

    private void StopListening()
    {
        // Not Dispose: that waits for a callback which is running, and which may wait for what this thread holds.
        _stopping.Unregister();
        _reloader?.Dispose();
        Overrides?.Dispose();
    }

    /// <summary>
    /// Listens to the stop of the host through a weak reference, because the host may outlive the application of a
    /// tenant.
    /// </summary>
    private static CancellationTokenRegistration WhenStopping(
        IHostApplicationLifetime? host, WeakReference<JobQueueRegistry> registry) =>
        host is null ? default : host.ApplicationStopping.UnsafeRegister(static state =>
        {
            if (((WeakReference<JobQueueRegistry>)state!).TryGetTarget(out var living))
                living.Stop();
        }, registry);
}
