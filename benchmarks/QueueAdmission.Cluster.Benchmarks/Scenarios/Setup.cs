using QueueAdmission.Cluster.Benchmarks.Nodes;
using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Cluster.Benchmarks.Servers;

namespace QueueAdmission.Cluster.Benchmarks.Scenarios;

/// <summary>What the scenarios share: a temporary folder, the servers, and the rows of the table.</summary>
internal sealed class Setup : IDisposable
{
    /// <summary>
    /// The time before a measurement. A new cluster starts no job during the first lease duration. The rest of the time
    /// is for the runtime to warm up.
    /// </summary>
    public static readonly TimeSpan WarmUp = NodeSettings.LeaseDuration + TimeSpan.FromSeconds(2.5);

    public static readonly TimeSpan Work = TimeSpan.FromMilliseconds(20);

    private readonly List<ReportRow> _rows = [];
    private readonly string _root = Directory.CreateTempSubdirectory("queueadmission-cluster").FullName;
    private readonly Lazy<RedisServer> _redis;
    private readonly Lazy<PostgresServer> _postgres;
    private int _folders;

    public Setup()
    {
        // The user account of PostgreSQL must be able to traverse this folder.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_root, (UnixFileMode)0b111_101_101);
        _redis = new(() => new RedisServer(NewFolder()));
        _postgres = new(() => new PostgresServer(NewFolder()));
    }

    public IReadOnlyList<ReportRow> Rows => _rows;

    public RedisServer Redis => _redis.Value;

    public string NewFolder() => Directory.CreateDirectory(Path.Combine(_root, $"{_folders++}")).FullName;

    /// <summary>Returns the settings of a node with the given store, in a new cluster.</summary>
    public NodeSettings Settings(string store, int workers, string fallback = "Stop") => new(
        store,
        store switch
        {
            "postgres" => _postgres.Value.ConnectionString,
            "sqlite" => Path.Combine(NewFolder(), "leases.db"),
            _ => Redis.Address,
        },
        $"c{_folders++}",
        workers,
        fallback);

    public void Add(ReportRow row)
    {
        _rows.Add(row);
        Console.WriteLine(row);
    }

    public static void Wait(double seconds) => Thread.Sleep(TimeSpan.FromSeconds(seconds));

    public static string Percent(double value) => FormattableString.Invariant($"{value:N1} %");

    public static string Seconds(TimeSpan? value) =>
        value is { } span ? FormattableString.Invariant($"{span.TotalSeconds:N2} s") : "never";

    public static string Milliseconds(TimeSpan? value) =>
        value is { } span ? FormattableString.Invariant($"{span.TotalMilliseconds:N1} ms") : "never";

    public void Dispose()
    {
        if (_redis.IsValueCreated)
            _redis.Value.Dispose();
        if (_postgres.IsValueCreated)
            _postgres.Value.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
