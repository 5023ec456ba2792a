using System.Globalization;
using System.Net.Sockets;

namespace QueueAdmission.Cluster.Benchmarks.Servers;

/// <summary>A PostgreSQL server whose data is in a temporary folder. The server never runs as root.</summary>
internal sealed class PostgresServer : IDisposable
{
    private const string Account = "postgres";
    private const string Tools = "/usr/lib/postgresql";

    private readonly string _folder;
    private readonly string _data;
    private ServerProcess _process = null!;

    /// <param name="folder">The folder for its data. The folder must be new.</param>
    /// <param name="primary">
    /// The primary server that it follows as a standby, or null for an independent server.
    /// </param>
    public PostgresServer(string folder, PostgresServer? primary = null)
    {
        (_folder, _data, Port) = (folder, Path.Combine(folder, "data"), Ports.FindFree());
        Directory.CreateDirectory(folder);
        if (Environment.IsPrivilegedProcess)
            ServerProcess.Run("chown", "-R", Account, folder);
        if (primary is null)
            RunTool("initdb", "-D", _data, "-U", Account, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale", "C");
        else
            RunTool(
                "pg_basebackup", "-D", _data, "-R", "-d", $"host=127.0.0.1 port={primary.Port} user={Account}", "-c",
                "fast", "--no-sync", "-X", "stream");
        StartAgain(Port);
    }

    public static bool IsInstalled =>
        Directory.Exists(Tools) && Directory.GetFiles(Tools, "initdb", SearchOption.AllDirectories).Length > 0;

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public string ConnectionString => ConnectionStringOf(Address);

    /// <summary>Returns the connection string for the server while it listens on the given port.</summary>
    public static string ConnectionStringOf(int port) => ConnectionStringOf($"127.0.0.1:{port}");

    public static string ConnectionStringOf(string hosts) =>
        $"Host={hosts};Database=postgres;Username={Account};SSL Mode=Disable";

    /// <summary>The first and last lines that the process has written since it was last started.</summary>
    public string Output => _process.Output;

    /// <summary>Kills the server at once, with all its child processes.</summary>
    public void Kill() => _process.Kill();

    /// <summary>
    /// Starts the server again after it was killed. Waits until the remaining child processes of the killed server have
    /// exited.
    /// </summary>
    /// <param name="port">The port to listen on, which may differ from the earlier one.</param>
    public void StartAgain(int port)
    {
        var (program, arguments) = Command(
            "postgres", "-D", _data, "-p", port.ToString(CultureInfo.InvariantCulture), "-c",
            "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder}", "-c", "wal_level=replica", "-c",
            "max_connections=400");
        _process = ServerProcess.Start(program, arguments);
        ServerProcess.Until(
            () =>
            {
                if (_process.HasExited && _process.Output.Contains("still in use", StringComparison.Ordinal))
                {
                    _process.Dispose();
                    _process = ServerProcess.Start(program, arguments);
                }
                return IsListening(port);
            },
            () => $"postgres: {_process.Output}");
    }

    public void Promote() => RunTool("pg_ctl", "promote", "-D", _data, "-w");

    public void Dispose() => _process.Dispose();

    private static (string Program, string[] Arguments) Command(string tool, params string[] arguments)
    {
        var path =
            Directory.GetDirectories(Tools).Order(StringComparer.Ordinal).Last() + "/bin/" + tool;
        return Environment.IsPrivilegedProcess
            ? ("setpriv", ["--reuid", Account, "--regid", Account, "--clear-groups", path, .. arguments])
            : (path, arguments);
    }

    private void RunTool(string tool, params string[] arguments)
    {
        var (program, all) = Command(tool, arguments);
        ServerProcess.Run(program, all);
    }

    private bool IsListening(int port)
    {
        if (!File.Exists(Path.Combine(_folder, $".s.PGSQL.{port}"))
            || !_process.Output.Contains("ready to accept", StringComparison.Ordinal))
            return false;
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
