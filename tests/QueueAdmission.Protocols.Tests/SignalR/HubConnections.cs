using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.SignalR;

/// <summary>
/// Creates servers with a hub that has the queue <see cref="Queue"/> with one worker, and connections to that hub.
/// </summary>
internal static class HubConnections
{
    public const string Queue = "hubs";

    public static Task<LoopbackServer> StartServerAsync(
        bool byAttribute = true, Action<RequestQueueOptions>? hubs = null, HttpTransportType? offered = null) =>
        LoopbackServer.StartAsync(
            map: app =>
            {
                if (byAttribute)
                    app.MapHub<QueuedEchoHub>("/hub", options => options.Transports = offered ?? HttpTransports.All);
                else
                {
                    app.MapHub<EchoHub>("/hub", options => options.Transports = offered ?? HttpTransports.All)
                        .WithQueue(Queue);
                }
            },
            build: builder => builder.Services.AddSignalR(),
            queues: options => options.AddQueue(Queue, queue =>
            {
                queue.Workers = 1;
                hubs?.Invoke(queue);
            }));

    public static HubConnection ConnectionTo(LoopbackServer server, HttpTransportType? transports = null) =>
        new HubConnectionBuilder()
        .WithUrl(new Uri(server.Http1Address, "/hub"), options =>
        {
            if (transports is { } chosen)
                options.Transports = chosen;
        })
        .Build();

    public static Task<string> EchoAsync(this HubConnection connection, string text) =>
        connection.InvokeAsync<string>("Echo", text, TestContext.Current.CancellationToken).WithinPatience();

    public static Task ConnectAsync(this HubConnection connection) =>
        connection.StartAsync(TestContext.Current.CancellationToken);
}
