using System.Net;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.WebSockets;

/// <summary>A request for a WebSocket, sent without a WebSocket client.</summary>
internal static class UpgradeRequest
{
    public static async Task<HttpResponseMessage> SendAsync(
        LoopbackServer server, int httpVersion, string path, string upgrade = "websocket")
    {
        using var request = httpVersion == 1 ? Upgrade(upgrade) : ExtendedConnect();
        request.RequestUri = new Uri(path, UriKind.Relative);
        request.Headers.Add("Sec-WebSocket-Version", "13");
        return await (httpVersion == 1 ? server.Http1 : server.Http2)
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken)
            .WithinPatience();
    }

    private static HttpRequestMessage Upgrade(string upgrade) => new()
    {
        Version = HttpVersion.Version11,
        Headers =
        {
            { "Connection", "Upgrade" },
            { "Upgrade", upgrade },
            { "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==" },
        },
    };

    private static HttpRequestMessage ExtendedConnect() => new()
    {
        Method = HttpMethod.Connect,
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Headers = { Protocol = "websocket" },
    };
}
