using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission;

/// <summary>Endpoints whose metadata promises a queue.</summary>
internal static class NamedEndpoint
{
    /// <summary>What counts of several: the last convention, or without one the last attribute.</summary>
    /// <remarks>
    /// The order in the metadata does not tell. Conventions of <c>MapControllers()</c> come after the attributes, those of a group come before them.
    /// </remarks>
    /// <returns>Null if the endpoint names no queue. It may be kept out of all queues nevertheless.</returns>
    public static QueuedAttribute? NameOf(EndpointMetadataCollection metadata)
    {
        var all = metadata.GetOrderedMetadata<QueuedAttribute>();
        return all.LastOrDefault(queued => queued.IsConvention) ?? (all.Count > 0 ? all[^1] : null);
    }

    /// <returns>Null if the endpoint names no queue, is kept out of all queues, or is never matched by routing.</returns>
    public static QueuedAttribute? Find(Endpoint endpoint)
    {
        var metadata = endpoint.Metadata;
        return NameOf(metadata) is { } queued
            && metadata.GetMetadata<DisableQueueAttribute>() is null
            && metadata.GetMetadata<ISuppressMatchingMetadata>() is not { SuppressMatching: true }
                ? queued
                : null;
    }
}
