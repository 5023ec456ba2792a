using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Recognises a request that somebody at this very machine sent straight to this server.</summary>
/// <remarks>
/// The remote address alone does not tell: behind a proxy or a sidecar on the same machine everybody comes from loopback, and with forwarded headers trusted
/// the address is whatever a client writes. So every sign that somebody stands between counts, and so does the <c>Host</c>, since a foreign name that
/// resolves to loopback is how a web page reaches a server on its visitor's machine (DNS rebinding).
/// </remarks>
internal static class DirectLocalRequest
{
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Real-IP", "Via"];
    private static readonly string[] ProxyHeaderPrefixes = ["X-Forwarded-", "X-Original-"];

    public static bool Is(HttpContext context) =>
        IsLoopback(context.Connection.RemoteIpAddress)
        && HasLocalPeer(context)
        && IsLoopback(context.Request.Host)
        && !context.Request.Headers.Keys.Any(TellsOfProxy)
        // What a reverse proxy speaks that was configured with one line; browsers have not for long.
        && !HttpProtocol.IsHttp10(context.Request.Protocol)
        // A page of another site that asks for this one in its visitor's name. A policy for cross-origin requests might let it read the answer.
        && SameOrigin.IsPlausible(context.Request);

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    /// <summary>What the socket says, which no middleware can have rewritten. Servers without one leave it at the connection's address.</summary>
    private static bool HasLocalPeer(HttpContext context)
    {
        if (context.Features.Find<IConnectionSocketFeature>() is not { } connection)
            return true;
        try
        {
            return connection.Socket.RemoteEndPoint is IPEndPoint peer && IPAddress.IsLoopback(peer.Address);
        }
        catch (ObjectDisposedException)
        {
            // The client has left already.
            return false;
        }
    }

    private static bool IsLoopback(HostString host) =>
        host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Host, out var address) && IPAddress.IsLoopback(address));

    private static bool TellsOfProxy(string header) =>
        ProxyHeaders.Contains(header, StringComparer.OrdinalIgnoreCase)
        || ProxyHeaderPrefixes.Any(prefix => header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
