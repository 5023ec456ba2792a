using Microsoft.AspNetCore.SignalR;

namespace QueueAdmission.Protocols.SignalR;

internal class EchoHub : Hub
{
    public string Echo(string text) => text;
}

[Queued("hubs")]
internal sealed class QueuedEchoHub : EchoHub;
