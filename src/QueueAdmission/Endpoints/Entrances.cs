using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>All places of one application where <c>UseQueuedAdmission</c> stands, and what they leave out.</summary>
/// <remarks>
/// One for each container, found by its data source of endpoints. It must be there before any service of ours is: endpoints may name queues in an application
/// that has called nothing but <c>WithQueue</c>.
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

    /// <summary>Notices requests that should have been queued and were not.</summary>
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

    public static Entrances Of(EndpointDataSource source) => Applications.GetValue(source, static key => new Entrances(key));

    /// <summary><c>UseQueuedAdmission</c> is called on this builder.</summary>
    public Entrance Add(IApplicationBuilder app)
    {
        var entrance = new Entrance(app, _source);
        lock (_gate)
        {
            _all.Add(entrance);
        }
        return entrance;
    }

    /// <summary>What is wrong with the places, as seen when the pipeline is complete. Nothing if that was asked before.</summary>
    public IReadOnlyList<string> Check(IServiceProvider services)
    {
        List<Entrance> entrances;
        lock (_gate)
        {
            if (_isChecked)
                return [];
            _isChecked = true;
            entrances = [.. _all];
        }
        // Not in the way of a start: a program may inject queues of a configuration that it shares with others.
        if (entrances.Count == 0 && services.GetService<JobQueueRegistry>()?.FallbackQueue is { } fallback)
            Report([EntranceChecks.DescribeMissingForFallback(fallback.Name)], services);
        return [.. EntranceChecks.FindProblems(entrances, _source, services, LoggerOf(services))];
    }

    /// <summary>Has the places checked when the application has started, where nothing could do so while the pipeline was built.</summary>
    public void CheckAtStarted(IServiceProvider services)
    {
        if (services.GetService<IHostApplicationLifetime>() is { ApplicationStarted: { IsCancellationRequested: false } started })
            started.Register(() => Report(Check(services), services));
    }

    /// <summary>An endpoint that names a queue is made. If <c>UseQueuedAdmission</c> is called nowhere, that is reported, once for each endpoint.</summary>
    public void OnNamedEndpoint(string name, IServiceProvider services)
    {
        if (Any || services.GetService<IHostApplicationLifetime>() is not { } lifetime)
            return;
        lock (_gate)
        {
            if (!_reported.Add(name))
                return;
            _early.Add(name);
            if (_early.Count > 1)
                return;
        }
        // The endpoints are usually made for the first request. Before the start nothing is certain: the pipeline may not be complete.
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
            Report(names.Select(EntranceChecks.DescribeMissing), services);
    }

    private static void Report(IEnumerable<string> problems, IServiceProvider services)
    {
        var logger = LoggerOf(services);
        foreach (var problem in problems)
            LogNotQueued(logger, problem);
    }

    private static ILogger LoggerOf(IServiceProvider services) => QueueLoggers.Create(services);

    [LoggerMessage(EventId = 35, EventName = "NotQueued", Level = LogLevel.Error, Message = "{Problem}")]
    private static partial void LogNotQueued(ILogger logger, string problem);
}
