using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace QueueAdmission.Redis;

/// <summary>Opens sockets using only blocking calls of the operating system.</summary>
/// <remarks>
/// The thread pool completes an asynchronous connect of a <see cref="Socket"/>, even inside a blocking method with a
/// time limit. A starved pool does not do so in time. Here the socket is non-blocking from the start and remains so.
/// </remarks>
internal static class RedisSocket
{
    public static Socket Connect(RedisEndpoint endpoint, TimeSpan timeout)
    {
        var addresses = IPAddress.TryParse(endpoint.Host, out var literal)
            ? [literal]
            : Dns.GetHostAddresses(endpoint.Host);
        SocketException? failure = null;
        foreach (var address in addresses)
        {
            try
            {
                return Connect(new IPEndPoint(address, endpoint.Port), timeout);
            }
            catch (SocketException exception)
            {
                failure = exception;
            }
        }
        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>Returns a TLS stream over the connection, or the plain stream if TLS is not configured.</summary>
    public static Stream OpenStream(
        PolledStream plain, RedisEndpoint endpoint, RedisConnectionString settings, RedisLeaseStoreOptions options)
    {
        if (!settings.UsesTls)
        {
            return plain;
        }
        var tls = new SslStream(plain);
        try
        {
            var authentication = new SslClientAuthenticationOptions
            {
                TargetHost = settings.TlsHost ?? endpoint.Host,
                EnabledSslProtocols = settings.TlsProtocols,
                CertificateRevocationCheckMode = settings.ChecksRevocation
                    ? System.Security.Cryptography.X509Certificates.X509RevocationMode.Online
                    : System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
            };
            options.ConfigureTls?.Invoke(authentication);
            tls.AuthenticateAsClient(authentication);
            return tls;
        }
        catch
        {
            tls.Dispose();
            throw;
        }
    }

    private static Socket Connect(IPEndPoint endpoint, TimeSpan timeout)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            Blocking = false,
        };
        try
        {
            try
            {
                socket.Connect(endpoint);
            }
            catch (SocketException exception) when (
                exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                if (!socket.Poll(timeout, SelectMode.SelectWrite))
                {
                    throw new SocketException((int)SocketError.TimedOut);
                }
                // A refused connection also counts as ready. Reading the error clears it, so it is read once.
                var error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
                if (error != 0)
                {
                    throw new SocketException(error);
                }
            }
            // Keep-alive detects a vanished peer within about 10 s, even on a connection that only listens.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 2);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
