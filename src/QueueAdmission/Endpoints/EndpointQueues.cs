using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>
/// Finds the queue of an endpoint. The decision is made when the pipeline is built, or else at the first request of the
/// endpoint. It is made again after the queues or the endpoints have changed.
/// </summary>
/// <remarks>
/// The keys of the table are endpoint objects. For most endpoints, routing uses other objects than those that the
/// injected data source lists. A table that is filled only at startup would therefore miss the endpoints of requests.
/// The keys are weak, so that an endpoint that is no longer in use can be collected.
/// </remarks>
internal sealed partial class EndpointQueues
{
    private readonly JobQueueRegistry _registry;
    private readonly LiveQueues _queues;
    private readonly EndpointDataSource _source;
    private readonly ILogger _logger;
    private readonly ReportedNames _reported = new();
    private readonly ConditionalWeakTable<Endpoint, QueueAssignment> _decisions = [];
    private volatile RecentDecisions _recent;

    public EndpointQueues(
        JobQueueRegistry registry, EndpointDataSource source, IServiceProvider services, ILogger logger)
    {
        _registry = registry;
        _queues = registry.Queues;
        _source = source;
        _logger = logger;
        _recent = new RecentDecisions(_queues.Current);
        // A branch may be built before all endpoints are mapped. The queues of later endpoints are decided when the
        // source reports a change, or at their first request.
        var assigned = EndpointDiscovery.Expand(source.Endpoints, services, logger)
            .Distinct()
            .ToDictionary(endpoint => endpoint, Decide);
        Problems = [.. assigned.SelectMany(pair => FindProblems(pair.Key, pair.Value, services))];
        ReportFallback(assigned);
        QueueMetadata.ReportReplacedAttributes(assigned.Keys, logger);
        _queues.InUse.Add(this);
        WatchSource();
    }

    /// <summary>The problems of the endpoints that existed when this object was created.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Returns the assignment of an endpoint to a queue, or to no queue.</summary>
    public QueueAssignment Find(Endpoint endpoint)
    {
        var recent = _recent;
        return recent.Find(endpoint) ?? FindInTable(endpoint, recent);
    }

    /// <summary>Returns the queue metadata of all endpoints that exist at this moment and name a queue.</summary>
    public IEnumerable<QueuedAttribute> FindUses() =>
        ListEndpoints().Concat(_decisions.Select(pair => pair.Key))
            .Select(QueueMetadata.FindQueueOf).OfType<QueuedAttribute>();

    /// <summary>
    /// Replaces the cache of recent decisions, because the set of queues has changed. Called under the lock of
    /// <see cref="QueuesInUse"/>, so that concurrent calls end with the cache of the newest set.
    /// </summary>
    public void ForgetRecent() => _recent = new RecentDecisions(_queues.Current);

    /// <summary>
    /// Decides all endpoints again, after the queues have changed. Otherwise the decision of an endpoint would keep a
    /// removed queue alive until the next request of that endpoint.
    /// </summary>
    public void DecideAgain()
    {
        foreach (var (endpoint, _) in _decisions)
        {
            DecideAtRunTime(endpoint);
        }
    }

    private QueueAssignment FindInTable(Endpoint endpoint, RecentDecisions recent)
    {
        if (!_decisions.TryGetValue(endpoint, out var assignment) || assignment.Queues != _queues.Current)
        {
            return DecideAtRunTime(endpoint);
        }
        recent.Put(endpoint, assignment);
        return assignment;
    }

    private QueueAssignment DecideAtRunTime(Endpoint endpoint)
    {
        var assignment = Decide(endpoint);
        if (assignment.Problem is { } problem && _reported.Add(problem.Subject))
        {
            LogUnknownQueue(_logger, problem.Text);
        }
        return assignment;
    }

    private QueueAssignment Decide(Endpoint endpoint)
    {
        // The set is read once. If the queues change in the meantime, the assignment has the old set, and the next
        // request decides again.
        var assignment = Assign(endpoint, _queues.Current);
        _decisions.AddOrUpdate(endpoint, assignment);
        return assignment;
    }

    private QueueAssignment Assign(Endpoint endpoint, QueueSet queues)
    {
        var metadata = endpoint.Metadata;
        if (metadata.GetMetadata<DisableQueueAttribute>() is not null)
        {
            return new QueueAssignment(endpoint, queues);
        }
        if (metadata.FindQueued() is not { } queued)
        {
            if (!queues.TakesUnnamed(endpoint))
            {
                return new QueueAssignment(endpoint, queues);
            }
            queues.Fallback!.Queue.MayBeUnused = false;
            var usual = EndpointTraits.Usual with { RequestTimeout = _registry.Timeouts.Of(endpoint) };
            return new QueueAssignment(
                endpoint, queues, queues.Fallback!, AssignmentKind.Every, usual, _registry.Rejections);
        }
        if (EndpointChecks.FindBadTrait(endpoint, queued) is { } bad)
        {
            var problem = new EndpointProblem($"{queued} {queued.Priority} {queued.Weight}", bad);
            return new QueueAssignment(endpoint, queues, problem);
        }
        if (queues.Find(queued.QueueName) is not { } queue)
        {
            var unknown = EndpointChecks.DescribeUnknownQueue(endpoint, queued.QueueName, _registry.Section);
            return new QueueAssignment(endpoint, queues, new EndpointProblem(queued.QueueName, unknown));
        }
        // If an endpoint still names the queue after the queue has been removed, the problem is new and is logged
        // again.
        _reported.Remove(queued.QueueName);
        queue.Queue.MayBeUnused = false;
        var kind = HubEndpoints.KindOf(endpoint);
        var traits = new EndpointTraits(queued.Priority, queued.Weight, _registry.Timeouts.Of(endpoint));
        return new QueueAssignment(endpoint, queues, queue, kind, traits, _registry.Rejections);
    }

    /// <summary>
    /// Listens to changes of the endpoints through a weak reference. The source may belong to an application that
    /// outlives this pipeline, and a pipeline is never disposed.
    /// </summary>
    private void WatchSource()
    {
        var weak = new WeakReference<EndpointQueues>(this);
        IDisposable? subscription = null;
        subscription = ChangeToken.OnChange(_source.GetChangeToken, () =>
        {
            if (weak.TryGetTarget(out var endpoints))
            {
                endpoints.OnEndpointsChanged();
            }
            else
            {
                subscription?.Dispose();
            }
        });
    }

    private void OnEndpointsChanged()
    {
        var endpoints = ListEndpoints();
        _recent.Clear();
        var pages = endpoints.Select(PathOf).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (endpoint, _) in _decisions)
        {
            // No source lists the endpoint of a loaded page. Its decision therefore stays as long as the page is
            // listed.
            if (PathOf(endpoint) is not { } page || !pages.Contains(page))
            {
                _decisions.Remove(endpoint);
            }
        }
        foreach (var endpoint in endpoints)
        {
            DecideAtRunTime(endpoint);
        }
    }

    private static string? PathOf(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<PageActionDescriptor>()?.RelativePath;

    private IReadOnlyList<Endpoint> ListEndpoints()
    {
        try
        {
            return _source.Endpoints;
        }
        // The source may be code of the application. Routing calls it as well, and there the exception reaches a
        // request.
#pragma warning disable CA1031
        catch (Exception)
#pragma warning restore CA1031
        {
            return [];
        }
    }

    private static IEnumerable<string> FindProblems(
        Endpoint endpoint, QueueAssignment assignment, IServiceProvider services)
    {
        if (assignment.Problem is { } problem)
        {
            yield return problem.Text;
        }
        if (assignment is { Queue: { } queue, Traits.Weight: var weight } && weight > queue.Settings.MaxWeight)
        {
            yield return EndpointChecks.DescribeTooHeavy(endpoint, assignment);
        }
        foreach (var ignored in EndpointChecks.FindIgnoredAttributes(endpoint))
        {
            yield return ignored;
        }
        // The takeover is read from the endpoint and not from the assignment, because the assignment has none if the
        // endpoint names no queue.
        if (endpoint.Metadata.GetMetadata<IQueueTakeover>() is { } takeover)
        {
            foreach (var unable in takeover.FindProblems(endpoint, assignment.Queue?.Queue, services))
            {
                yield return unable;
            }
        }
    }

    private void ReportFallback(Dictionary<Endpoint, QueueAssignment> assigned)
    {
        if (_queues.Current.Fallback is not { } fallback)
        {
            return;
        }
        var caught = assigned
            .Where(pair => pair.Value.IsQueued && pair.Key.Metadata.GetMetadata<QueuedAttribute>() is null)
            .Select(pair => EndpointChecks.NameOf(pair.Key))
            .Order()
            .ToList();
        LogFallback(_logger, fallback.Name, caught.Count, string.Join(", ", caught));
        foreach (var exemption in _queues.Current.Exemptions.FindUnused(assigned.Keys))
        {
            LogUnusedExemption(_logger, exemption);
        }
    }

    [LoggerMessage(EventId = 30, EventName = "UnknownQueue", Level = LogLevel.Error,
        Message = "{Problem} Requests to it are answered with 500.")]
    private static partial void LogUnknownQueue(ILogger logger, string problem);

    [LoggerMessage(EventId = 31, EventName = "FallbackQueue", Level = LogLevel.Information,
        Message = "The fallback queue '{Queue}' takes the {Count} endpoints that name no queue: {Endpoints}.")]
    private static partial void LogFallback(ILogger logger, string queue, int count, string endpoints);

    [LoggerMessage(EventId = 33, EventName = "UnusedExemption", Level = LogLevel.Warning,
        Message = "FallbackExemptions has '{Exemption}', but no endpoint has such a route pattern or display name.")]
    private static partial void LogUnusedExemption(ILogger logger, string exemption);
}
