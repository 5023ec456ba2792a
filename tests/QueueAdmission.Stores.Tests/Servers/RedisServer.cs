using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace QueueAdmission.Stores.Servers;

/// <summary>A redis-server on the loopback address. It stores no data on disk unless a test enables this.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly string[] _arguments;
    private readonly bool _usesTls;
    private ServerProcess? _process;

    private RedisServer(int port, string folder, bool usesTls, string[] arguments)
    {
        Port = port;
        Folder = folder;
        _usesTls = usesTls;
        _arguments = arguments;
    }

    public int Port { get; }

    public string Folder { get; }

    public string Address => $"127.0.0.1:{Port}";

    public static RedisServer Start(params string[] arguments) => Start(usesTls: false, arguments);

    public static RedisServer StartTls(string certificate, string key) =>
        Start(
            usesTls: true, "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate,
            "--tls-auth-clients", "no");

    /// <summary>Starts the server on the same port as before, with the data that it has stored on disk.</summary>
    public void StartAgain()
    {
        var port = Port.ToString(CultureInfo.InvariantCulture);
        string[] ports = _usesTls ? ["--port", "0", "--tls-port", port] : ["--port", port];
        _process = ServerProcess.Start(
            Programs.Need("redis-server", "redis-server"),
            [
                .. ports, "--bind", "127.0.0.1", "--dir", Folder, "--save", "", "--appendonly", "no",
                "--repl-diskless-sync-delay", "0", .. _arguments,
            ]);
        Eventually.True(
            () => _process.Output.Contains("eady to accept connections", StringComparison.Ordinal),
            () => $"redis-server did not start: {_process.Output}");
    }

    public void Kill() => _process!.Kill();

    public void Signal(string name) => _process!.Signal(name);

    /// <summary>Sends a command as one line of text, like an operator, and returns the answer.</summary>
    public string Send(string command, string? password = null) => Send(Port, command, password);

    public static string Send(int port, string command, string? password)
    {
        using var client = new TcpClient("127.0.0.1", port);
        using var stream = client.GetStream();
        var lines = password is null ? $"{command}\r\n" : $"AUTH {password}\r\n{command}\r\n";
        stream.Write(Encoding.UTF8.GetBytes(lines));
        // The server answers, reads the end of the input, and closes the connection. (A Sentinel does not support
        // QUIT.)
        client.Client.Shutdown(SocketShutdown.Send);
        return new StreamReader(stream).ReadToEnd();
    }

    public void Dispose()
    {
        _process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static RedisServer Start(bool usesTls, params string[] arguments)
    {
        var server = new RedisServer(
            Ports.FindFree(), Directory.CreateTempSubdirectory("queueadmission-redis").FullName, usesTls, arguments);
        try
        {
            server.StartAgain();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }
}
