using System.Globalization;
using Npgsql;

namespace QueueAdmission.Stores.Servers;

/// <summary>A PgBouncer in transaction mode in front of a server.</summary>
internal sealed class PgBouncer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("queueadmission-pgbouncer").FullName;
    private readonly ServerProcess _process;
    private readonly int _port = Ports.FindFree();

    public PgBouncer(PostgresServer server)
    {
        var program = Programs.Need("pgbouncer", "pgbouncer");
        var users = Path.Combine(_folder, "users.txt");
        var settings = Path.Combine(_folder, "pgbouncer.ini");
        File.WriteAllText(users, $"\"postgres\" \"{PostgresServer.Password}\"\n");
        File.WriteAllText(
            settings,
            string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            * = host=127.0.0.1 port={server.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {_port}
            unix_socket_dir =
            auth_type = plain
            auth_file = {users}
            pool_mode = transaction

            """));
        PostgresServer.Own(_folder);
        _process = PostgresServer.Start(program, [settings]);
        Eventually.True(CanConnect, () => $"pgbouncer did not start: {_process.Output}");
    }

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Database=postgres;"
        + $"Username=postgres;Password={PostgresServer.Password};SSL Mode=Disable";

    public void Dispose()
    {
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
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
}
