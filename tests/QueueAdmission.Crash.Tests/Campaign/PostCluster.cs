using Npgsql;
using QueueAdmission.Cluster.Benchmarks.Servers;

namespace QueueAdmission.Crash.Campaign;

/// <summary>
/// Nodes that accept posts and run them, each in a separate process, with one PostgreSQL server. Optionally, a Kafka
/// broker accepts the jobs in front of the server.
/// </summary>
internal sealed class PostCluster : IAsyncDisposable
{
    private const string Topic = "posts";
    private const int Partitions = 8;

    private const string Tables =
        """
        CREATE TABLE posts (job uuid PRIMARY KEY, text text NOT NULL, node int NOT NULL);
        CREATE TABLE repeated_runs (job uuid NOT NULL, node int NOT NULL);
        CREATE TABLE interrupted (kill int NOT NULL, job uuid NOT NULL);
        CREATE TABLE starts (job uuid NOT NULL, node int NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
        """;

    /// <summary>
    /// Selects the claims of a node. The name of a node in the store begins with its machine and its process id.
    /// </summary>
    private const string ClaimsOf =
        """
        SELECT c.id FROM queue_admission.job_claims c JOIN queue_admission.job_owners o ON o.number = c.owner
        WHERE o.node LIKE $2
        """;

    private readonly DirectoryInfo _folder;
    private readonly PostgresServer _server;
    private readonly KafkaServer? _kafka;
    private readonly string[] _settings;
    private readonly List<AppProcess> _ended = [];
    private int _next;

    private PostCluster(DirectoryInfo folder, PostgresServer server, KafkaServer? kafka, string[] settings) =>
        (_folder, _server, _kafka, _settings) = (folder, server, kafka, settings);

    /// <summary>The reason why no server can be started on this machine. Null if a server can be started.</summary>
    public static string? Missing =>
        PostgresServer.IsInstalled ? null : "PostgreSQL is not installed: apt-get install -y postgresql";

    /// <summary>The nodes. A killed node is replaced by its successor.</summary>
    public List<AppProcess> Nodes { get; } = [];

    /// <summary>How often a killed server has recovered from its write-ahead log.</summary>
    public int Recoveries { get; private set; }

    /// <param name="nodes">The number of nodes.</param>
    /// <param name="settings">The arguments of each node.</param>
    public static Task<PostCluster> StartAsync(int nodes, params string[] settings) =>
        StartAsync(nodes, usesKafka: false, settings);

    /// <param name="nodes">The number of nodes.</param>
    /// <param name="usesKafka">Whether a Kafka broker accepts the posts.</param>
    /// <param name="settings">The arguments of each node.</param>
    public static async Task<PostCluster> StartAsync(int nodes, bool usesKafka, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("queueadmission-crash-");
        // The account of PostgreSQL needs access to its folder.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_101);
        var kafka = usesKafka ? KafkaServer.Start() : null;
        var cluster = new PostCluster(
            folder, new PostgresServer(Path.Combine(folder.FullName, "server")), kafka, settings);
        try
        {
            kafka?.AddTopic(Topic, Partitions);
            cluster.Execute(Tables);
            for (var node = 0; node < nodes; node++)
                cluster.Nodes.Add(await cluster.StartNodeAsync());
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the clients of the nodes in turn.</summary>
    public HttpClient NextClient() => Nodes[(int)((uint)Interlocked.Increment(ref _next) % (uint)Nodes.Count)].Client;

    public Task<AppProcess> StartNodeAsync() => AppProcess.StartAsync(
        Path.Combine("tests", "QueueAdmission.Crash.Node"),
        [
            // A short timeout, so that nodes soon give up connecting to a killed server.
            "--Store", $"{_server.ConnectionString};Timeout=5",
            "--Logging:LogLevel:Default", "Warning",
            "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Information",
            .. _kafka is null ? [] : KafkaServer.ArgumentsFor(Topic),
            .. _kafka is null ? (string[])[] : ["--Kafka:Brokers", _kafka.Address],
            .. _settings,
        ]);

    /// <summary>Kills a node, and records the jobs whose ends were not stored.</summary>
    /// <returns>The number of these jobs.</returns>
    public async Task<int> KillNodeAsync(int node, int kill)
    {
        var killed = Nodes[node];
        await killed.KillAsync();
        // The client of the killed node still has requests under way.
        _ended.Add(killed);
        return Execute($"INSERT INTO interrupted SELECT $1, id FROM ({ClaimsOf}) claims", kill, $"%:{killed.Id}:%");
    }

    public async Task ReplaceNodeAsync(int node) => Nodes[node] = await StartNodeAsync();

    /// <summary>Returns the jobs that a node has claimed and not ended.</summary>
    public IReadOnlyList<Guid> JobsOf(AppProcess node) =>
        Query($"SELECT id FROM ({ClaimsOf}) claims WHERE $1 = 0", row => row.GetGuid(0), 0, $"%:{node.Id}:%");

    /// <summary>
    /// Kills the server and lets it recover at a port that no node knows. There, the running jobs are exactly the jobs
    /// whose ends were not stored. Then the server is killed again and restarted at its usual port.
    /// </summary>
    /// <param name="kill">The number of the kill.</param>
    /// <param name="pause">How long the server stays stopped, in addition to its recovery.</param>
    /// <returns>The counts of the recovered server, and the number of running jobs in it.</returns>
    public async Task<(Books Books, int Interrupted)> KillServerAsync(int kill, TimeSpan pause)
    {
        _server.Kill();
        var port = Ports.FindFree();
        StartServer(port);
        var address = PostgresServer.ConnectionStringOf(port);
        var books = Read(address);
        var interrupted = Execute(
            address, "INSERT INTO interrupted SELECT $1, id FROM queue_admission.job_claims", kill);
        _server.Kill();
        await Task.Delay(pause);
        StartServer(_server.Port);
        return (books, interrupted);
    }

    /// <summary>Kills the broker and starts it again.</summary>
    public Task KillBrokerAsync() => _kafka!.KillAndStartAsync();

    /// <summary>Returns the number of records in the broker, or 0 without a broker.</summary>
    public long CountRecords() => _kafka?.CountRecords(Topic) ?? 0;

    /// <summary>Returns the number of records that the store has imported.</summary>
    public long CountImported() => Query(
        """
        SELECT coalesce(sum(position + 1), 0)::bigint FROM (
            SELECT DISTINCT ON (source) position FROM queue_admission.job_positions
            ORDER BY source, version DESC) latest
        """,
        row => row.GetInt64(0)).Single();

    /// <summary>Returns the counters of the store, which change while nodes work.</summary>
    public Books ReadCounters()
    {
        const string Text =
            """
            SELECT n.accepted, n.waiting, n.running, n.done, n.dead, n.cancelled, n.discarded,
                0::bigint, 0::bigint, 0::bigint
            FROM queue_admission.job_now n WHERE n.name = 'posts'
            """;
        return Query(Text, ReadBooks).SingleOrDefault() ?? new Books(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /// <summary>
    /// Returns the counter of accepted jobs. All other counts are numbers of rows, which agree only while no node
    /// works.
    /// </summary>
    public Books Read() => Read(_server.ConnectionString);

    /// <summary>Returns the number of jobs whose repeated runs outnumber the kills that interrupted them.</summary>
    public long CountUnexplainedRuns() => Query(
        """
        SELECT count(*) FROM (SELECT job, count(*) AS runs FROM repeated_runs GROUP BY job) r
        LEFT JOIN (SELECT job, count(*) AS kills FROM interrupted GROUP BY job) i ON i.job = r.job
        WHERE r.runs > coalesce(i.kills, 0)
        """,
        row => row.GetInt64(0)).Single();

    /// <summary>Returns the number of acknowledged posts without a row that has their text.</summary>
    public int CountMissingRows(Poster poster)
    {
        using var connection = Open(_server.ConnectionString);
        using var command = new NpgsqlCommand("SELECT job, text FROM posts", connection);
        using var rows = command.ExecuteReader();
        return poster.CountMissingRows(rows, row => ($"{row.GetGuid(0):N}", row.GetString(1)));
    }

    public int Execute(string text, params object[] values) => Execute(_server.ConnectionString, text, values);

    public List<T> Query<T>(string text, Func<NpgsqlDataReader, T> read, params object[] values) =>
        Query(_server.ConnectionString, text, read, values);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes.Concat(_ended))
            await node.DisposeAsync();
        _server.Dispose();
        _kafka?.Dispose();
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process is still ending. The folder is temporary, so it may remain.
        }
    }

    /// <remarks>
    /// The view job_now computes <c>waiting</c> as a difference, so its counts would always balance. Therefore rows are
    /// counted instead.
    /// </remarks>
    private static Books Read(string address)
    {
        const string Text =
            """
            SELECT n.accepted,
                (SELECT count(*) FROM queue_admission.job_live l WHERE l.queue = n.queue AND NOT l.is_running)
                    + (SELECT count(*) FROM queue_admission.job_kept k WHERE k.queue = n.queue AND k.state <= 2),
                (SELECT count(*) FROM queue_admission.job_claims c WHERE c.queue = n.queue),
                (SELECT count(*) FROM queue_admission.job_finished f WHERE f.queue = n.queue AND f.state = 2),
                (SELECT count(*) FROM queue_admission.job_kept k WHERE k.queue = n.queue AND k.state = 4),
                (SELECT count(*) FROM queue_admission.job_finished f WHERE f.queue = n.queue AND f.state = 4),
                (SELECT count(*) FROM queue_admission.job_finished f WHERE f.queue = n.queue AND f.state = 5),
                (SELECT count(*) FROM posts), (SELECT count(*) FROM repeated_runs), (SELECT count(*) FROM interrupted)
            FROM queue_admission.job_now n WHERE n.name = 'posts'
            """;
        return Query(address, Text, ReadBooks).SingleOrDefault() ?? new Books(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private static Books ReadBooks(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4),
        row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetInt64(9));

    private static NpgsqlConnection Open(string address)
    {
        // Not pooled, because the server may be killed. The timeouts are long, because the nodes keep the machine busy.
        var connection = new NpgsqlConnection($"{address};Pooling=false;Timeout=60;Command Timeout=120");
        connection.Open();
        return connection;
    }

    private static int Execute(string address, string text, params object[] values)
    {
        using var connection = Open(address);
        using var command = NewCommand(connection, text, values);
        return command.ExecuteNonQuery();
    }

    private static List<T> Query<T>(string address, string text, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        using var connection = Open(address);
        using var command = NewCommand(connection, text, values);
        using var rows = command.ExecuteReader();
        List<T> found = [];
        while (rows.Read())
            found.Add(read(rows));
        return found;
    }

    private static NpgsqlCommand NewCommand(NpgsqlConnection connection, string text, object[] values)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    private void StartServer(int port)
    {
        _server.StartAgain(port);
        if (_server.Output.Contains("automatic recovery in progress", StringComparison.Ordinal))
            Recoveries++;
    }
}
