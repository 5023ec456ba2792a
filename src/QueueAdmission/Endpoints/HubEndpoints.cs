using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

namespace QueueAdmission;

/// <summary>SignalR hubs. One attribute on a hub lands on its connection and on its negotiation.</summary>
internal static class HubEndpoints
{
    public static bool IsHub(Endpoint endpoint) => endpoint.Metadata.GetMetadata<HubMetadata>() is not null;

    /// <summary>Which requests of an endpoint that names a queue are queued.</summary>
    public static AssignmentKind KindOf(Endpoint endpoint) =>
        !IsHub(endpoint) ? AssignmentKind.Every
        : endpoint.Metadata.GetMetadata<NegotiateMetadata>() is not null ? AssignmentKind.HubNegotiation
        : AssignmentKind.Hub;
}
