using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>Finds the queue of an endpoint whose metadata may name several queues.</summary>
/// <remarks>
/// Frameworks add attributes and conventions to the metadata in different orders. For a minimal API, the conventions of
/// a group come before the attributes of the handler. For controllers, the conventions of <c>MapControllers</c> come
/// after the attributes. The order alone therefore does not decide.
/// </remarks>
internal static partial class QueueMetadata
{
    /// <summary>
    /// Returns the metadata of the last <c>WithQueue</c>, or else the last attribute. Null if there is neither.
    /// </summary>
    public static QueuedAttribute? FindQueued(this EndpointMetadataCollection metadata)
    {
        var all = metadata.GetOrderedMetadata<QueuedAttribute>();
        for (var i = all.Count - 1; i >= 0; i--)
        {
            if (all[i].IsConvention)
            {
                return all[i];
            }
        }
        return all.Count > 0 ? all[^1] : null;
    }

    /// <summary>Returns the metadata of the queue that requests of the endpoint have to enter.</summary>
    /// <returns>
    /// The metadata. Null if the endpoint names no queue, is excluded from all queues, or is never matched by routing.
    /// </returns>
    public static QueuedAttribute? FindQueueOf(Endpoint endpoint)
    {
        var metadata = endpoint.Metadata;
        return metadata.FindQueued() is { } queued
            && metadata.GetMetadata<DisableQueueAttribute>() is null
            && metadata.GetMetadata<ISuppressMatchingMetadata>() is not { SuppressMatching: true }
                ? queued
                : null;
    }

    /// <summary>
    /// Logs the endpoints that have an attribute and a <c>WithQueue</c> with different queues.
    /// </summary>
    public static void ReportReplacedAttributes(IEnumerable<Endpoint> endpoints, ILogger logger)
    {
        var replaced = endpoints.Select(DescribeReplaced).OfType<string>().Order().ToList();
        if (replaced.Count > 0)
        {
            LogReplaced(logger, replaced.Count, string.Join(", ", replaced));
        }
    }

    private static string? DescribeReplaced(Endpoint endpoint)
    {
        var attribute = endpoint.Metadata.GetOrderedMetadata<QueuedAttribute>()
            .LastOrDefault(queued => !queued.IsConvention);
        var inForce = endpoint.Metadata.FindQueued();
        if (attribute is null || inForce is null || endpoint.Metadata.GetMetadata<DisableQueueAttribute>() is not null
            || QueueName.Comparer.Equals(attribute.QueueName, inForce.QueueName))
        {
            return null;
        }
        return $"'{EndpointChecks.NameOf(endpoint)}' ({attribute.QueueName} → {inForce.QueueName})";
    }

    [LoggerMessage(EventId = 38, EventName = "AttributeReplaced", Level = LogLevel.Warning,
        Message = "WithQueue on an endpoint, its group or its controllers replaces the [Queued] attributes of " +
            "{Count} endpoints: {Endpoints}. Remove the attribute, or the unintended WithQueue.")]
    private static partial void LogReplaced(ILogger logger, int count, string endpoints);
}
