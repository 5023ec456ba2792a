using System.Net;
using System.Net.Sockets;

namespace QueueAdmission.Cluster.Benchmarks.Servers;

/// <summary>Finds ports for servers that are started, killed and started again at the same port.</summary>
internal static class Ports
{
    /// <summary>
    /// The range lies below the ports that operating systems give to outgoing connections (Linux from 32768, Windows
    /// and macOS from 49152). A connection of another process can therefore not take the port of a stopped server.
    /// </summary>
    private const int Min = 15_000;
    private const int Max = 32_000;

    /// <summary>Returns a port of the loopback address at which nothing listens.</summary>
    public static int FindFree()
    {
        while (true)
        {
            var port = Random.Shared.Next(Min, Max);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException exception)
                when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Another server has the port.
            }
        }
    }
}
