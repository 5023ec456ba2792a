using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>From an endpoint to its queue. Decided for all endpoints at start-up, and anew when endpoints or queues change.</summary>
internal sealed partial class EndpointQueues
{
    private readonly JobQueueRegistry _registry;
    private readonly EndpointDataSource _source;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private volatile Decisions _decisions;

    /// <exception cref="InvalidOperationException">
    /// Endpoints name queues that do not exist, carry attributes where they have no effect, or need more workers than there are; each is named.
    /// </exception>
    public EndpointQueues(JobQueueRegistry registry, EndpointDataSource source, IServiceProvider services, ILogger logger)
    {
        _registry = registry;
        _source = source;
        _logger = logger;
        _decisions = Decide(EndpointDiscovery.Expand(source.Endpoints, services));
        EndpointChecks.ThrowIfAnyProblem(_decisions.Known.Keys, _decisions.Problems.Concat(_decisions.TooHeavy));
        ReportFallback(_decisions);
        QueueMetadata.ReportReplacedAttributes(_decisions.Known.Keys, logger);
        registry.Changed += DecideAnew;
        ChangeToken.OnChange(source.GetChangeToken, DecideAnew);
    }

    /// <returns>Null if requests of this endpoint are not queued.</returns>
    public QueueAssignment? Find(Endpoint endpoint)
    {
        var decisions = _decisions;
        if (decisions.Known.TryGetValue(endpoint, out var assignment))
            return assignment;
        // Endpoints that routing makes on the fly are in no data source.
        return decisions.Dynamic.TryGetValue(endpoint, out var known) ? known.Value : decisions.Dynamic.GetValue(endpoint, DecideDynamic).Value;
    }

    private void DecideAnew()
    {
        lock (_lock)
        {
            var before = _decisions;
            var decisions = Decide(_source.Endpoints);
            _decisions = decisions;
            foreach (var problem in decisions.Problems.Except(before.Problems))
                LogUnknownQueue(_logger, problem);
        }
    }

    private Decisions Decide(IEnumerable<Endpoint> endpoints) => new(endpoints.Distinct().ToFrozenDictionary(endpoint => endpoint, Assign));

    private StrongBox<QueueAssignment?> DecideDynamic(Endpoint endpoint)
    {
        var assignment = Assign(endpoint);
        if (assignment?.Problem is { } problem)
            LogUnknownQueue(_logger, problem);
        return new StrongBox<QueueAssignment?>(assignment);
    }

    private QueueAssignment? Assign(Endpoint endpoint)
    {
        var metadata = endpoint.Metadata;
        if (metadata.GetMetadata<DisableQueueAttribute>() is not null)
            return null;
        if (metadata.FindQueued() is not { } queued)
            return _registry.FallbackQueue is { } fallback && !FallbackExemptions.Covers(endpoint)
                ? new QueueAssignment(fallback, AssignmentKind.Fallback, endpoint, EndpointTraits.Usual with { RequestTimeout = _registry.Timeouts.Of(endpoint) })
                : null;
        if (EndpointChecks.FindBadTrait(endpoint, queued) is { } problem)
            return new QueueAssignment(problem);
        if (_registry.Find(queued.QueueName) is not { } queue)
            return new QueueAssignment(EndpointChecks.DescribeUnknownQueue(endpoint, queued.QueueName, _registry.Section));
        _registry.MarkInUse(queued.QueueName, queued.Weight);
        var kind = HubEndpoints.IsHub(endpoint) ? AssignmentKind.Hub : AssignmentKind.Named;
        return new QueueAssignment(queue, kind, endpoint, new EndpointTraits(queued.Priority, queued.Weight, _registry.Timeouts.Of(endpoint)));
    }

    private void ReportFallback(Decisions decisions)
    {
        if (_registry.FallbackQueue is not { } fallback)
            return;
        var caught = decisions.Known
            .Where(pair => pair.Value is not null && pair.Key.Metadata.GetMetadata<QueuedAttribute>() is null)
            .Select(pair => EndpointChecks.NameOf(pair.Key))
            .Order()
            .ToList();
        LogFallback(_logger, fallback.Name, caught.Count, string.Join(", ", caught));
    }

    [LoggerMessage(EventId = 30, EventName = "UnknownQueue", Level = LogLevel.Error, Message = "{Problem} Requests to it are answered with 500.")]
    private static partial void LogUnknownQueue(ILogger logger, string problem);

    [LoggerMessage(EventId = 31, EventName = "FallbackQueue", Level = LogLevel.Information,
        Message = "The fallback queue '{Queue}' takes the {Count} endpoints that name no queue: {Endpoints}.")]
    private static partial void LogFallback(ILogger logger, string queue, int count, string endpoints);

    private sealed class Decisions(FrozenDictionary<Endpoint, QueueAssignment?> known)
    {
        public FrozenDictionary<Endpoint, QueueAssignment?> Known { get; } = known;

        public ConditionalWeakTable<Endpoint, StrongBox<QueueAssignment?>> Dynamic { get; } = [];

        public IEnumerable<string> Problems => Known.Values.Select(assignment => assignment?.Problem).OfType<string>();

        public IEnumerable<string> TooHeavy => Known
            .Where(pair => pair.Value is { Queue: { } queue, Traits.Weight: var weight } && weight > queue.Settings.MaxWeight)
            .Select(pair => EndpointChecks.DescribeTooHeavy(pair.Key, pair.Value!));
    }
}
