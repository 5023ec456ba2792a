using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// All calls of <c>UseQueuedAdmission</c> in one application, and the check for endpoints that they do not cover.
/// </summary>
/// <remarks>
/// There is one object for each container. It is looked up with the endpoint data source of the container as
/// the key. It is not a registered service, because an application may call <c>WithQueue</c> without registering any
/// service of the library.
/// </remarks>
internal sealed partial class Entrances
{
    private static readonly ConditionalWeakTable<EndpointDataSource, Entrances> Applications = [];

    private readonly EndpointDataSource _source;
    private readonly ReportedNames _reported = new();
    private readonly Lock _gate = new();
    private readonly List<Entrance> _all = [];
    private readonly List<string> _early = [];
    private bool _isChecked;

    private Entrances(EndpointDataSource source)
    {
        _source = source;
        Watch = new PassageWatch(source);
    }

    /// <summary>Detects requests that should have been queued but were not.</summary>
    public PassageWatch Watch { get; }

    public bool Any
    {
        get
        {
            lock (_gate)
            {
                return _all.Count > 0;
            }
        }
    }

    public static Entrances Of(EndpointDataSource source) =>
        Applications.GetValue(source, static key => new Entrances(key));

    /// <summary>Records that <c>UseQueuedAdmission</c> was called on this builder.</summary>
    public Entrance Add(IApplicationBuilder app)
    {
        var entrance = new Entrance(app, _source);
        lock (_gate)
        {
            _all.Add(entrance);
        }
        return entrance;
    }

    /// <summary>
    /// Finds the problems of the entrances. Called when the pipeline is complete. Only the first call checks; later
    /// calls return an empty list.
    /// </summary>
    /// <returns>The problems that stop the start of the application. Other problems are logged.</returns>
    public IReadOnlyList<string> Check(IServiceProvider services)
    {
        List<Entrance> entrances;
        lock (_gate)
        {
            if (_isChecked)
            {
                return [];
            }
            _isChecked = true;
            entrances = [.. _all];
        }
        // Without an entrance, problems are logged and do not stop the start. A program may use queues only by
        // injection, and share its configuration with other programs.
        if (entrances.Count == 0 && services.GetService<JobQueueRegistry>()?.FallbackQueue is { } fallback)
        {
            Report([EntranceChecks.DescribeMissingForFallback(fallback.Name)], services);
        }
        var problems = EntranceChecks.FindProblems(entrances, _source, services, LoggerOf(services)).ToList();
        if (entrances.Count > 0)
        {
            return problems;
        }
        // The program may run its endpoints behind another limiter.
        Report(problems, services);
        return [];
    }

    /// <summary>
    /// Checks the entrances when the application has started. This is for applications that call
    /// <c>UseQueuedAdmission</c> only in a branch and have no <see cref="EntranceCheckFilter"/>.
    /// </summary>
    public void CheckAtStarted(IServiceProvider services)
    {
        var lifetime = services.GetService<IHostApplicationLifetime>();
        if (lifetime is { ApplicationStarted: { IsCancellationRequested: false } started })
        {
            started.Register(() => Report(Check(services), services));
        }
    }

    /// <summary>
    /// Handles the creation of an endpoint that names a queue. If <c>UseQueuedAdmission</c> is never called, each such
    /// endpoint is logged once.
    /// </summary>
    public void OnNamedEndpoint(string name, IServiceProvider services)
    {
        if (Any || services.GetService<IHostApplicationLifetime>() is not { } lifetime)
        {
            return;
        }
        lock (_gate)
        {
            if (!_reported.Add(name))
            {
                return;
            }
            _early.Add(name);
            if (_early.Count > 1)
            {
                return;
            }
        }
        // Endpoints are usually created for the first request, after the start. If an endpoint is created earlier, the
        // pipeline may not be complete, so the report waits for the start.
        lifetime.ApplicationStarted.Register(() => ReportForgotten(services));
    }

    private void ReportForgotten(IServiceProvider services)
    {
        List<string> names;
        bool isMissing;
        lock (_gate)
        {
            names = [.. _early];
            _early.Clear();
            isMissing = _all.Count == 0;
        }
        if (isMissing)
        {
            Report(names.Select(EntranceChecks.DescribeMissing), services);
        }
    }

    private static void Report(IEnumerable<string> problems, IServiceProvider services)
    {
        var logger = LoggerOf(services);
        foreach (var problem in problems)
        {
            LogNotQueued(logger, problem);
        }
    }

    private static ILogger LoggerOf(IServiceProvider services) => QueueLoggers.Create(services);

    [LoggerMessage(EventId = 35, EventName = "NotQueued", Level = LogLevel.Error, Message = "{Problem}")]
    private static partial void LogNotQueued(ILogger logger, string problem);
}
