using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Recognises a request that a program on this machine sent directly to this server.</summary>
/// <remarks>
/// <para>The remote address is not enough. Behind a proxy or a sidecar on the same machine, all requests come from
/// loopback. If forwarded headers are trusted, a client can choose the address. Therefore a request with any sign of a
/// proxy is not local.</para>
/// <para>The <c>Host</c> header must be local as well. With a foreign name that resolves to loopback, a web page can
/// reach a server on the machine of its visitor (DNS rebinding).</para>
/// </remarks>
internal static class DirectLocalRequest
{
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Real-IP", "Via"];
    private static readonly string[] ProxyHeaderPrefixes = ["X-Forwarded-", "X-Original-"];

    public static bool Is(HttpContext context) =>
        IsLoopback(context.Connection.RemoteIpAddress)
        && HasLocalPeer(context)
        && IsLoopback(context.Request.Host)
        && !context.Request.Headers.Keys.Any(IsProxyHeader)
        // Reverse proxies with a minimal configuration use HTTP/1.0. Current browsers do not.
        && !HttpProtocol.IsHttp10(context.Request.Protocol)
        // A page of another site can send requests from the browser of its visitor. A CORS policy might let that page
        // read the answer.
        && SameOrigin.IsPlausible(context.Request);

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    /// <summary>
    /// Whether the socket has a local peer. No middleware can change the address of the socket. If the server exposes
    /// no socket, the address of the connection alone decides.
    /// </summary>
    private static bool HasLocalPeer(HttpContext context)
    {
        if (context.Features.Find<IConnectionSocketFeature>() is not { } connection)
        {
            return true;
        }
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
        host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsProxyHeader(string header) =>
        ProxyHeaders.Contains(header, StringComparer.OrdinalIgnoreCase)
        || ProxyHeaderPrefixes.Any(prefix => header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
