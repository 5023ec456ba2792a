namespace ClusterDemo;

/// <summary>The options of the command line: which stores the demo uses.</summary>
/// <param name="Store">The store of the leases that the nodes share: <c>sqlite</c>, <c>redis</c> or
/// <c>postgres</c>.</param>
/// <param name="Stock">The store of the lamps: <c>sqlite</c>, <c>redis</c>, <c>mysql</c> or <c>postgres</c>.</param>
/// <param name="Data">The folder of the SQLite files; empty for a temporary one.</param>
/// <param name="Redis">The connection string of Redis.</param>
/// <param name="MySql">The connection string of MySQL.</param>
/// <param name="PostgreSql">The connection string of PostgreSQL.</param>
internal sealed record DemoOptions(
    string Store, string Stock, string Data, string Redis, string MySql, string PostgreSql)
{
    private static readonly string[] Stores = ["sqlite", "redis", "postgres"];
    private static readonly string[] Stocks = ["sqlite", "redis", "mysql", "postgres"];

    private const string Prefix = "CLUSTERDEMO_";

    /// <summary>
    /// Reads the command-line options <c>--store</c>, <c>--stock</c>, <c>--data</c>, <c>--redis</c>, <c>--mysql</c> and
    /// <c>--postgres</c>, or else environment variables such as <c>CLUSTERDEMO_STORE</c>.
    /// </summary>
    /// <exception cref="DemoException">An option has an invalid value.</exception>
    public static DemoOptions Read(string[] args, IConfiguration configuration)
    {
        var options = new ConfigurationBuilder().AddEnvironmentVariables(Prefix).AddCommandLine(args).Build();
        return new DemoOptions(
            OneOf("store", Stores, options),
            OneOf("stock", Stocks, options),
            options["data"] ?? "",
            DemoServer.Redis.Read(options, configuration),
            DemoServer.MySql.Read(options, configuration),
            DemoServer.PostgreSql.Read(options, configuration));
    }

    /// <summary>
    /// Returns the options as environment variables for a node. Unlike arguments, they do not appear in the list of
    /// processes.
    /// </summary>
    public IEnumerable<KeyValuePair<string, string?>> ToEnvironment() =>
    [
        new(Prefix + "STORE", Store),
        new(Prefix + "STOCK", Stock),
        new(Prefix + "DATA", Data),
        new(Prefix + "REDIS", Redis),
        new(Prefix + "MYSQL", MySql),
        new(Prefix + "POSTGRES", PostgreSql),
    ];

    private static string OneOf(string option, string[] values, IConfiguration options)
    {
        var value = options[option] ?? values[0];
        return values.Contains(value)
            ? value
            : throw new DemoException($"--{option} is {value}; allowed: {string.Join(", ", values)}.");
    }
}
