using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission;

/// <summary>Endpoints whose metadata promises a queue.</summary>
internal static class NamedEndpoint
{
    /// <returns>Null if the endpoint names no queue, is kept out of all queues, or is never matched by routing.</returns>
    public static QueuedAttribute? Find(Endpoint endpoint)
    {
        var metadata = endpoint.Metadata;
        return metadata.GetMetadata<QueuedAttribute>() is { } queued
            && metadata.GetMetadata<DisableQueueAttribute>() is null
            && metadata.GetMetadata<ISuppressMatchingMetadata>() is not { SuppressMatching: true }
                ? queued
                : null;
    }
}
