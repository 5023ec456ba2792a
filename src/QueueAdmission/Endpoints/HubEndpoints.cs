using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;

namespace QueueAdmission;

/// <summary>SignalR hubs: one attribute on a hub lands on its connection and on its negotiation.</summary>
internal static class HubEndpoints
{
    public static bool IsHub(Endpoint endpoint) => endpoint.Metadata.GetMetadata<HubMetadata>() is not null;
}
