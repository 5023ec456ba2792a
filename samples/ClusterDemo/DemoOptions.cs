namespace ClusterDemo;

/// <summary>The options of the command line: which stores the demo uses.</summary>
/// <param name="Store">Where the nodes share their leases: <c>sqlite</c>, <c>redis</c> or <c>postgres</c>.</param>
/// <param name="Stock">The store of the lamps: <c>sqlite</c>, <c>redis</c>, <c>mysql</c> or <c>postgres</c>.</param>
/// <param name="Data">The folder of the SQLite files.</param>
/// <param name="Redis">The connection string of Redis.</param>
/// <param name="MySql">The connection string of MySQL.</param>
/// <param name="PostgreSql">The connection string of PostgreSQL.</param>
internal sealed record DemoOptions(
    string Store, string Stock, string Data, string Redis, string MySql, string PostgreSql)
{
    private static readonly string[] Stores = ["sqlite", "redis", "postgres"];
    private static readonly string[] Stocks = ["sqlite", "redis", "mysql", "postgres"];

    /// <exception cref="DemoException">An option has a value that it cannot have.</exception>
    public static DemoOptions Read(IConfiguration configuration) => new(
        OneOf("store", Stores, configuration),
        OneOf("stock", Stocks, configuration),
        configuration["data"] ?? "",
        DemoServer.Redis.Read(configuration),
        DemoServer.MySql.Read(configuration),
        DemoServer.PostgreSql.Read(configuration));

    /// <summary>What a node has to be told. Connection strings do not appear in the list of processes.</summary>
    public IEnumerable<KeyValuePair<string, string?>> ToEnvironment() =>
    [
        new("store", Store),
        new("stock", Stock),
        new("data", Data),
        new("redis", Redis),
        new("mysql", MySql),
        new("postgres", PostgreSql),
    ];

    private static string OneOf(string option, string[] values, IConfiguration configuration)
    {
        var value = configuration[option] ?? values[0];
        return values.Contains(value)
            ? value
            : throw new DemoException($"--{option} is {value}; it can be {string.Join(", ", values)}.");
    }
}
