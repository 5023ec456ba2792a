using System.Data.Common;
using Microsoft.Data.Sqlite;
using MySqlConnector;
using Npgsql;

namespace ClusterDemo;

/// <summary>Creates the stock that the options name.</summary>
internal static class Stocks
{
    public static IStock Create(DemoOptions options) => options.Stock switch
    {
        "redis" => new RedisStock(options.Redis),
        "mysql" => Sql(MySqlConnectorFactory.Instance, options.MySql, DemoServer.MySql),
        "postgres" => Sql(NpgsqlFactory.Instance, options.PostgreSql, DemoServer.PostgreSql),
        _ => Sqlite(Path.Combine(options.Data, "stock.db")),
    };

    private static SqlStock Sqlite(string path)
    {
        var connectionString = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString();
        // With WAL, readers do not wait for the writer. The file keeps the mode.
        using (var connection = new SqliteConnection(connectionString))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL";
            command.ExecuteNonQuery();
        }
        return new SqlStock(
            SqliteFactory.Instance.CreateDataSource(connectionString),
            exception => new DemoException($"The file {path} cannot be used: {exception.Message}", exception));
    }

    private static SqlStock Sql(DbProviderFactory factory, string connectionString, DemoServer server) => new(
        factory.CreateDataSource(connectionString), exception => server.Missing(exception));
}
