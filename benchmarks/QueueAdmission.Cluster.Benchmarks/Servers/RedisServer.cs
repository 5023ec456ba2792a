using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace QueueAdmission.Cluster.Benchmarks.Servers;

/// <summary>A redis-server without persistence. It is empty after it has been killed and started again.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly string[] _arguments;
    private ServerProcess _process;

    /// <param name="folder">The working folder.</param>
    /// <param name="arguments">Additional command-line arguments.</param>
    public RedisServer(string folder, params string[] arguments)
    {
        Port = Ports.FindFree();
        var port = Port.ToString(CultureInfo.InvariantCulture);
        _arguments =
        [
            "--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no",
            "--protected-mode", "no", "--repl-diskless-sync-delay", "0", "--maxmemory-policy", "noeviction",
            .. arguments,
        ];
        _process = Start();
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>
    /// The number of script calls that the server has executed. Each call of the product to the store is one script
    /// call.
    /// </summary>
    public long Calls => Send(Port, "INFO commandstats").Split('\n')
        .Where(line => line.StartsWith("cmdstat_eval", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split("calls=")[1].Split(',')[0], CultureInfo.InvariantCulture));

    public void Kill() => _process.Kill();

    public void StartAgain() => _process = Start();

    /// <summary>Sends a command in Redis's inline syntax, and returns the response.</summary>
    public static string Send(int port, string command)
    {
        using var client = new TcpClient("127.0.0.1", port);
        using var stream = client.GetStream();
        stream.Write(Encoding.ASCII.GetBytes(command + "\r\n"));
        client.Client.Shutdown(SocketShutdown.Send);
        return new StreamReader(stream).ReadToEnd();
    }

    public void Dispose() => _process.Dispose();

    private ServerProcess Start()
    {
        var process = ServerProcess.Start("redis-server", _arguments);
        ServerProcess.Until(
            () =>
                process.Output.Contains("eady to accept connections", StringComparison.Ordinal),
                () => $"redis-server: {process.Output}");
        return process;
    }
}
