using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

namespace QueueAdmission;

/// <summary>
/// Recognises SignalR hubs. An attribute on a hub applies to two endpoints: the connection and its negotiation.
/// </summary>
internal static class HubEndpoints
{
    public static bool IsHub(Endpoint endpoint) => endpoint.Metadata.GetMetadata<HubMetadata>() is not null;

    /// <summary>Returns which requests are queued for an endpoint that names a queue.</summary>
    public static AssignmentKind KindOf(Endpoint endpoint) =>
        !IsHub(endpoint) ? AssignmentKind.Every
        : endpoint.Metadata.GetMetadata<NegotiateMetadata>() is not null ? AssignmentKind.HubNegotiation
        : AssignmentKind.Hub;
}
