using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace QueueAdmission.Redis;

/// <summary>Makes connections by blocking calls of the operating system only.</summary>
/// <remarks>
/// A <see cref="Socket"/> that connects asynchronously, also behind a blocking method with a time limit, is completed
/// by the thread pool. A starved pool does not do that in time. So the socket is non-blocking and stays so.
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

    /// <summary>Puts TLS over the connection, if that is wanted.</summary>
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
                // A refused connection is ready as well. The reason is read here, and read only once.
                var error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
                if (error != 0)
                {
                    throw new SocketException(error);
                }
            }
            // A peer that is gone without a word is noticed within some 10 s, also by a connection that only listens.
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
