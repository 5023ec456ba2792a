using System.Globalization;
using Npgsql;

namespace QueueAdmission.Stores.Servers;

/// <summary>
/// A PostgreSQL server on the loopback address, with its data in a temporary folder. The server never runs as root.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    public const string Password = "right-one";
    private const string Unprivileged = "postgres";

    private readonly string _bin;
    private readonly string _data;
    private ServerProcess? _process;

    private PostgresServer(string bin, string folder)
    {
        _bin = bin;
        Folder = folder;
        _data = Path.Combine(folder, "data");
        Port = Ports.FindFree();
    }

    public int Port { get; }

    public string Folder { get; }

    public string Data => _data;

    public string ConnectionString => ConnectionStringOf("postgres", Password);

    public static PostgresServer Start()
    {
        var server = Create();
        try
        {
            var passwordFile = Path.Combine(server.Folder, "password");
            File.WriteAllText(passwordFile, Password);
            server.Own();
            server.RunTool(
                "initdb", "-D", server._data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", passwordFile,
                "--no-sync", "-E", "UTF8", "--locale", "C");
            File.AppendAllText(
                Path.Combine(server._data, "pg_hba.conf"), "host replication all 127.0.0.1/32 scram-sha-256\n");
            server.StartAgain();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Starts a standby that follows this server.</summary>
    public PostgresServer StartStandby()
    {
        var standby = Create();
        try
        {
            standby.Own();
            var source = $"host=127.0.0.1 port={Port} user=postgres password={Password}";
            standby.RunTool(
                "pg_basebackup", "-D", standby._data, "-R", "-d", source, "-c", "fast", "--no-sync", "-X", "stream");
            standby.StartAgain();
            return standby;
        }
        catch
        {
            standby.Dispose();
            throw;
        }
    }

    public string ConnectionStringOf(string user, string password) =>
        $"Host=127.0.0.1;Port={Port};Database=postgres;Username={user};Password={password};SSL Mode=Disable";

    public void StartAgain()
    {
        File.Delete(Path.Combine(_data, "postmaster.pid"));
        var port = Port.ToString(CultureInfo.InvariantCulture);
        _process = Start(
            Path.Combine(_bin, "postgres"),
            [
                "-D", _data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={Folder}",
                "-c", "max_wal_senders=4", "-c", "wal_level=replica",
                // If the server is killed, the operating system still keeps its writes. Only a loss of power needs
                // fsync.
                "-c", "fsync=off",
            ]);
        Eventually.True(CanConnect, () => $"postgres did not start: {_process.Output}");
    }

    /// <summary>Kills the server with all its processes.</summary>
    public void Kill() => _process!.Kill();

    public void Promote() => RunTool("pg_ctl", "promote", "-D", _data, "-w");

    public void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    public IReadOnlyList<string> Query(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        using var rows = command.ExecuteReader();
        List<string> found = [];
        while (rows.Read())
        {
            found.Add(rows.GetString(0));
        }
        return found;
    }

    public void Dispose()
    {
        _process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static PostgresServer Create()
    {
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin"))
                .LastOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            : Path.GetDirectoryName(Programs.Find("initdb"));
        Assert.SkipWhen(bin is null, "PostgreSQL is not installed: apt-get install -y postgresql");
        return new PostgresServer(bin, Directory.CreateTempSubdirectory("queueadmission-postgres").FullName);
    }

    private bool CanConnect()
    {
        try
        {
            using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false;Timeout=2");
            connection.Open();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>Makes the account under which the server runs the owner of the folder.</summary>
    private void Own() => Own(Folder);

    public static void Own(string folder)
    {
        if (Environment.IsPrivilegedProcess)
        {
            Wait(ServerProcess.Start("chown", "-R", Unprivileged, folder));
        }
    }

    private void RunTool(string name, params string[] arguments) => Wait(Start(Path.Combine(_bin, name), arguments));

    public static ServerProcess Start(string program, string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? ServerProcess.Start(
                "setpriv", ["--reuid", Unprivileged, "--regid", Unprivileged, "--clear-groups", program, .. arguments])
            : ServerProcess.Start(program, arguments);

    private static void Wait(ServerProcess process)
    {
        using (process)
        {
            Eventually.True(() => process.HasExited, () => $"A tool does not end: {process.Output}");
            Assert.True(process.ExitCode == 0, process.Output);
        }
    }
}
