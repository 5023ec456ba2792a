using System.Globalization;
using System.Net.Sockets;

namespace QueueAdmission.Cluster.Benchmarks.Servers;

/// <summary>
/// A single Sentinel with a quorum of one. It promotes the replica if the primary has not responded for 0.5 s.
/// </summary>
internal sealed class Sentinel : IDisposable
{
    private readonly ServerProcess _process;

    public Sentinel(string folder, int primary)
    {
        Port = Ports.FindFree();
        var file = Path.Combine(folder, "sentinel.conf");
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"""
            port {Port}
            bind 127.0.0.1
            dir {folder}
            sentinel monitor shop 127.0.0.1 {primary} 1
            sentinel down-after-milliseconds shop 500
            sentinel failover-timeout shop 3000

            """));
        _process = ServerProcess.Start("redis-sentinel", file);
        ServerProcess.Until(KnowsReplica, () => $"redis-sentinel: {_process.Output}");
    }

    public int Port { get; }

    public void Dispose() => _process.Dispose();

    private bool KnowsReplica()
    {
        try
        {
            return RedisServer.Send(Port, "SENTINEL REPLICAS shop").Contains(
                "master-link-status\r\n$2\r\nok", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
