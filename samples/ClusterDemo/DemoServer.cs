using System.Data.Common;
using Npgsql;
using StackExchange.Redis;

namespace ClusterDemo;

/// <summary>A server that the demo can use: its connection string, and the commands that install it.</summary>
/// <param name="Name">The name of the server.</param>
/// <param name="Option">The name of the option with the connection string, and of its entry in
/// <c>ConnectionStrings</c>.</param>
/// <param name="Default">The default connection string.</param>
/// <param name="Start">The commands that install and start the server on Debian.</param>
internal sealed record DemoServer(string Name, string Option, string Default, string Start)
{
    public static readonly DemoServer Redis = new(
        "Redis", "redis", "127.0.0.1:6379",
        """
          sudo apt-get install -y redis-server
          redis-server --bind 127.0.0.1 --port 6379 --save '' --appendonly no &
        """);

    public static readonly DemoServer MySql = new(
        "MySQL or MariaDB", "mysql", "Server=127.0.0.1;User ID=clusterdemo;Password=clusterdemo;Database=clusterdemo",
        """
          sudo apt-get install -y mariadb-server && sudo service mariadb start
          sudo mariadb -e "CREATE DATABASE clusterdemo" \
            -e "CREATE USER clusterdemo@localhost IDENTIFIED BY 'clusterdemo'" \
            -e "GRANT ALL ON clusterdemo.* TO clusterdemo@localhost"
        """);

    public static readonly DemoServer PostgreSql = new(
        "PostgreSQL", "postgres", "Host=127.0.0.1;Username=clusterdemo;Password=clusterdemo;Database=clusterdemo",
        """
          sudo apt-get install -y postgresql && sudo service postgresql start
          sudo -u postgres psql -c "CREATE ROLE clusterdemo LOGIN PASSWORD 'clusterdemo'" \
            -c "CREATE DATABASE clusterdemo OWNER clusterdemo"
        """);

    /// <summary>
    /// Returns the option, or else the connection string of that name, or else the default on loopback.
    /// </summary>
    public string Read(IConfiguration options, IConfiguration configuration) =>
        options[Option] ?? configuration.GetConnectionString(Option) ?? Default;

    public DemoException Missing(Exception why) => new(
        $"""
        {Name} cannot be used: {why.Message}
        These commands install and start it on this machine, as the demo expects:
        {Start}
        To use another server, pass --{Option} "{Default}", or set the environment variable ConnectionStrings__{Option}.
        """,
        why);

    /// <summary>Whether an exception says that a store cannot be used now.</summary>
    public static bool IsFailure(Exception exception) => exception is DbException or RedisException;

    /// <summary>Connects once to the server that stores the leases, to check that it is reachable.</summary>
    /// <remarks>
    /// A real application also starts without the store of its leases. In the demo, a missing server has most likely
    /// not been installed or started.
    /// </remarks>
    /// <exception cref="DemoException">The server cannot be reached. The message says how to start it.</exception>
    public static async Task CheckAsync(DemoOptions options)
    {
        var server = options.Store == "redis" ? Redis : PostgreSql;
        try
        {
            if (options.Store == "redis")
            {
                await using var connection = await ConnectionMultiplexer.ConnectAsync(options.Redis);
            }
            if (options.Store == "postgres")
            {
                await using var connection = new NpgsqlConnection(options.PostgreSql);
                await connection.OpenAsync();
            }
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            throw server.Missing(exception);
        }
    }
}
