using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace QueueAdmission.Deferred;

/// <summary>The deferred jobs of an application. This class accepts them, runs them, and reports their state.</summary>
internal sealed class DeferredJobs : IDeferredJobs, IHostedLifecycleService, IDisposable
{
    // Limits the bodies of requests that are being accepted. The intake separately limits those that wait for the
    // store.
    private const long MaxBodies = 256L * 1024 * 1024;

    private static readonly TimeSpan FirstOpen = TimeSpan.FromSeconds(10);

    private readonly DeferredQueues _queues;
    private readonly JobDriver? _driver;
    private readonly JobStoreAccess? _access;
    private readonly IntakeAccess? _intakeAccess;
    private readonly Intake? _intake;
    private readonly Outcomes? _outcomes;

    public DeferredJobs(IServiceProvider services, IOptions<DeferredJobsOptions> options, JobQueueRegistry registry)
    {
        Options = options.Value;
        Time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        var logger = loggers.CreateGuardedLogger("QueueAdmission.Deferred");
        _queues = new DeferredQueues(registry, Time, logger);
        Metrics = new DeferredMetrics(services.GetService<IMeterFactory>(), GetQueues, Time);
        if (services.GetService<IJobStore>() is not { } store)
        {
            return;
        }
        var intake = services.GetService<IJobIntake>();
        _access = new JobStoreAccess(
            store, isIntake: intake is null, () => ProtectorFactory.Create(Options, store, loggers), Metrics, Time,
            logger);
        _intakeAccess = new IntakeAccess(intake, _access, _queues, Metrics, Time, logger);
        _intake = new Intake(_intakeAccess.Accept, OnAccepted);
        if (services.GetService<EndpointDataSource>() is not { } endpoints
            || services.GetService<IHttpContextFactory>() is not { } contexts)
        {
            throw new InvalidOperationException(
                "AddDeferredJobs needs a web application: stored requests are run by endpoints, "
                + "and this program has none.");
        }
        var routes = new RouteTable(endpoints);
        var attempts = new AttemptRunner(_access, routes, contexts, Options, Metrics, Time, logger);
        _outcomes = new Outcomes(_access, Time);
        _driver = new JobDriver(_access, attempts, _queues, _outcomes, Time, logger);
    }

    public DeferredJobsOptions Options { get; }

    public TimeProvider Time { get; }

    public DeferredMetrics Metrics { get; }

    /// <summary>Limits the memory of bodies that are being accepted.</summary>
    public BodyBudget Bodies { get; } = new(MaxBodies);

    public bool HasStore => _access is not null;

    public JobStoreAccess Access => _access ?? throw NoStore();

    public Intake Intake => _intake ?? throw NoStore();

    /// <summary>Informs waiting connections how their jobs have ended.</summary>
    public Outcomes Outcomes => _outcomes ?? throw NoStore();

    public DeferredJobsOutage? Outage => _access?.Outage ?? _intakeAccess?.Outage;

    public DeferredQueueState StateOf(string queue) => _queues.StateOf(queue);

    public IReadOnlyList<DeferredQueue> GetQueues() => _queues.Describe();

    public Task<IReadOnlyList<DeferredQueue>> ReadQueuesAsync() => CallAsync(() =>
        (IReadOnlyList<DeferredQueue>)[.. Access.Call("counts", static store => store.ReadCounts())
            .Select(counts => DeferredQueueState.Describe(counts, _queues.RateOf(counts.Queue)))]);

    public Task<IReadOnlyList<StoredJob>> ListDeadAsync(string? queue = null, int max = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return CallAsync(() => Access.Call("list_dead", store => store.ListDead(queue, max)));
    }

    public Task<bool> RedriveAsync(Guid id) => CallAsync(() =>
    {
        var waits = Access.Call("redrive", store => store.Redrive(id));
        _driver!.Wake();
        return waits;
    });

    public Task<bool> DiscardAsync(Guid id) => CallAsync(() => Access.Call("discard", store => store.Discard(id)));

    public Task RunAllAsync(CancellationToken cancellationToken = default) =>
        (_driver ?? throw NoStore()).WhenIdleAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // The store is opened even if no endpoint defers requests, because the dashboard shows the jobs of the store.
        var access = _intakeAccess ?? throw NoStore();
        // The call is synchronous, so it runs on a dedicated thread.
        var opening = Task.Factory.StartNew(
            access.Open, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await opening.WaitAsync(FirstOpen, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (MayPass(exception))
        {
            // The store may become available later. Until then, requests are refused, and the outage is in the log.
        }
        _intake!.Start();
    }

    /// <summary>
    /// Starts running jobs. Before this event, the pipeline has not been built and has no endpoints, so every job would
    /// become a dead letter.
    /// </summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _driver?.Start();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Ends all waits for outcomes, because the server would otherwise wait for these requests when it stops.
    /// </summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _outcomes?.Stop();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _driver?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Disposes the intake. The server has stopped, so no further requests arrive.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        _intake?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _driver?.Dispose();
        _intake?.Dispose();
        _outcomes?.Dispose();
    }

    /// <summary>Returns true if the application starts even though the store could not be opened.</summary>
    private static bool MayPass(Exception exception) => exception switch
    {
        JobStoreException { Problem: JobStoreProblem.Unusable } => false,
        JobStoreException or TimeoutException => true,
        // Ephemeral keys and other configuration errors of the application.
        InvalidOperationException or ArgumentException or OperationCanceledException => false,
        _ => true,
    };

    private static InvalidOperationException NoStore() => new(
        "AddDeferredJobs has no store. "
        + $"Install QueueAdmission.Sqlite, for example, and write: {DeferChecks.AddLine}.");

    // These calls block a thread of the pool. They are rare, and are made by operators.
    private static Task<T> CallAsync<T>(Func<T> call) => Task.Run(call);

    private void OnAccepted(IReadOnlyList<AcceptedJob> jobs, IReadOnlyList<JobAcceptance> acceptances)
    {
        for (var i = 0; i < jobs.Count; i++)
        {
            if (acceptances[i].Status == JobAcceptanceStatus.Accepted)
            {
                _queues.StateOf(jobs[i].Queue).CountAccepted();
                Metrics.CountAccepted(jobs[i].Queue);
            }
        }
        _driver!.Wake();
    }
}
