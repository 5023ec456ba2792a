using System.Globalization;
using System.Net.Sockets;

namespace QueueAdmission.Cluster.Benchmarks.Servers;

/// <summary>A PostgreSQL server with its data in a temporary folder. It never runs as root.</summary>
internal sealed class PostgresServer : IDisposable
{
    private const string Account = "postgres";

    private readonly string _folder;
    private readonly string _data;
    private readonly ServerProcess _process;

    /// <param name="folder">The folder for its data. It has to be new.</param>
    /// <param name="primary">The server to follow; null for a server of its own.</param>
    public PostgresServer(string folder, PostgresServer? primary = null)
    {
        (_folder, _data, Port) = (folder, Path.Combine(folder, "data"), ServerProcess.FreePort());
        Directory.CreateDirectory(folder);
        if (Environment.IsPrivilegedProcess)
            ServerProcess.Run("chown", "-R", Account, folder);
        if (primary is null)
            RunTool("initdb", "-D", _data, "-U", Account, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale", "C");
        else
            RunTool(
                "pg_basebackup", "-D", _data, "-R", "-d", $"host=127.0.0.1 port={primary.Port} user={Account}", "-c",
                "fast", "--no-sync", "-X", "stream");
        var port = Port.ToString(CultureInfo.InvariantCulture);
        var (program, arguments) = Command(
            "postgres", "-D", _data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={folder}", "-c", "wal_level=replica", "-c", "max_connections=400");
        _process = ServerProcess.Start(program, arguments);
        ServerProcess.Until(IsListening, () => $"postgres: {_process.Output}");
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public string ConnectionString => ConnectionStringOf(Address);

    public static string ConnectionStringOf(string hosts) =>
        $"Host={hosts};Database=postgres;Username={Account};SSL Mode=Disable";

    public void Kill() => _process.Kill();

    public void Promote() => RunTool("pg_ctl", "promote", "-D", _data, "-w");

    public void Dispose() => _process.Dispose();

    private static (string Program, string[] Arguments) Command(string tool, params string[] arguments)
    {
        var path =
            Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin/" + tool;
        return Environment.IsPrivilegedProcess
            ? ("setpriv", ["--reuid", Account, "--regid", Account, "--clear-groups", path, .. arguments])
            : (path, arguments);
    }

    private void RunTool(string tool, params string[] arguments)
    {
        var (program, all) = Command(tool, arguments);
        ServerProcess.Run(program, all);
    }

    private bool IsListening()
    {
        if (!File.Exists(Path.Combine(_folder, $".s.PGSQL.{Port}"))
            || !_process.Output.Contains("ready to accept", StringComparison.Ordinal))
            return false;
        try
        {
            using var client = new TcpClient("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
