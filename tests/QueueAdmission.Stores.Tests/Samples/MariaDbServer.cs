using System.Globalization;
using MySqlConnector;
using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.Samples;

/// <summary>A MariaDB server on the loopback address, with its data in a temporary folder.</summary>
internal sealed class MariaDbServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("queueadmission-mariadb").FullName;
    private readonly int _port = Ports.FindFree();
    private ServerProcess? _process;

    private MariaDbServer()
    {
    }

    public string ConnectionString => $"Server=127.0.0.1;Port={_port};User ID=shop;Password=lamps;Database=shop";

    public static MariaDbServer Start()
    {
        var install = Programs.Need("mariadb-install-db", "mariadb-server");
        var program = Programs.Need("mariadbd", "mariadb-server");
        var server = new MariaDbServer();
        try
        {
            server.Start(install, program);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Start(string install, string program)
    {
        var account = Environment.UserName;
        var data = Path.Combine(_folder, "data");
        string[] fresh = [$"--datadir={data}", $"--user={account}", "--auth-root-authentication-method=normal"];
        using (var installing = ServerProcess.Start(install, fresh))
        {
            Eventually.True(() => installing.HasExited, () => $"mariadb-install-db does not end: {installing.Output}");
            Assert.True(installing.ExitCode == 0, installing.Output);
        }
        var accounts = Path.Combine(_folder, "accounts.sql");
        File.WriteAllText(
            accounts,
            "CREATE DATABASE shop;\nCREATE USER shop@'%' IDENTIFIED BY 'lamps';\nGRANT ALL ON shop.* TO shop@'%';\n");
        _process = ServerProcess.Start(
            program, "--no-defaults", $"--datadir={data}", $"--user={account}", $"--init-file={accounts}",
            "--bind-address=127.0.0.1", "--skip-name-resolve",
            $"--port={_port.ToString(CultureInfo.InvariantCulture)}", $"--socket={Path.Combine(_folder, "socket")}");
        Eventually.True(CanConnect, () => $"mariadbd did not start: {_process.Output}");
    }

    private bool CanConnect()
    {
        try
        {
            using var connection = new MySqlConnection(ConnectionString + ";Pooling=false");
            connection.Open();
            return true;
        }
        catch (MySqlException)
        {
            return false;
        }
    }
}
