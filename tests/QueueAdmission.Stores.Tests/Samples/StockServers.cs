using ClusterDemo;
using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.Samples;

/// <summary>The servers for the stores of the stock. Each server is started for the first test that needs it.</summary>
public sealed class StockServers : IDisposable
{
    private readonly Dictionary<string, IDisposable> _servers = [];

    /// <summary>
    /// Returns the options with which the demo uses a store. Skips the test if the server is not installed.
    /// </summary>
    internal DemoOptions Options(string store)
    {
        var options = new DemoOptions("sqlite", store, "", "", "", "");
        return store switch
        {
            "redis" => options with { Redis = Find(store, () => RedisServer.Start()).Address },
            "mysql" => options with { MySql = Find(store, MariaDbServer.Start).ConnectionString },
            "postgres" => options with { PostgreSql = Find(store, PostgresServer.Start).ConnectionString },
            _ => options with { Data = Find(store, () => new Folder()).Path },
        };
    }

    public void Dispose()
    {
        foreach (var server in _servers.Values)
            server.Dispose();
    }

    private T Find<T>(string store, Func<T> start)
        where T : IDisposable
    {
        if (!_servers.TryGetValue(store, out var server))
            _servers[store] = server = start();
        return (T)server;
    }

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("queueadmission-stock").FullName;

        public void Dispose()
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(Path, recursive: true);
        }
    }
}
