using Npgsql;
using QueueAdmission.Cluster.Benchmarks.Report;
using QueueAdmission.Cluster.Benchmarks.Servers;
using QueueAdmission.Crash.Campaign;
using QueueAdmission.Deferred.Benchmarks.Servers;

namespace QueueAdmission.Deferred.Benchmarks;

/// <summary>What the scenarios share: a temporary folder, the servers, and the rows of the table.</summary>
internal sealed class Setup : IDisposable
{
    private readonly List<ReportRow> _rows = [];
    private readonly string _root = Directory.CreateTempSubdirectory("queueadmission-deferred").FullName;
    private readonly Lazy<PostgresServer> _postgres;
    private KafkaServer? _kafka;
    private int _folders;

    public Setup()
    {
        // The user account of PostgreSQL must be able to traverse this folder.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_root, (UnixFileMode)0b111_101_101);
        _postgres = new(() => new PostgresServer(NewFolder()));
    }

    public IReadOnlyList<ReportRow> Rows => _rows;

    /// <summary>
    /// Returns the address of a new, empty store: the path of a file, or the connection string of a new database. The
    /// PostgreSQL server has its default settings, with fsync enabled.
    /// </summary>
    /// <remarks>With Kafka, the result is <c>brokers|topic|connection string</c>, with a new topic.</remarks>
    public string NewStore(string store)
    {
        if (store == "sqlite")
            return Path.Combine(NewFolder(), "jobs.db");
        if (store == Subject.KafkaAndPostgres)
        {
            var topic = $"posts-{_folders++}";
            _kafka ??= KafkaServer.Start();
            _kafka.AddTopic(topic, partitions: 8);
            return $"{_kafka.Address}|{topic}|{NewStore("postgres")}";
        }
        // A new database for each process. Otherwise, data from earlier processes would be measured as well.
        var name = $"store{_folders++}";
        using (var connection = new NpgsqlConnection(_postgres.Value.ConnectionString))
        {
            connection.Open();
            using var create = connection.CreateCommand();
            create.CommandText = $"CREATE DATABASE {name}";
            create.ExecuteNonQuery();
        }
        return new NpgsqlConnectionStringBuilder(_postgres.Value.ConnectionString)
        {
            Database = name,
            // Less than the server's maximum. A rival may need two connections for one request.
            MaxPoolSize = 300,
        }.ToString();
    }

    public void Add(ReportRow row)
    {
        _rows.Add(row);
        Console.WriteLine(row);
    }

    public void Dispose()
    {
        _kafka?.Dispose();
        if (_postgres.IsValueCreated)
            _postgres.Value.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private string NewFolder() => Directory.CreateDirectory(Path.Combine(_root, $"{_folders++}")).FullName;
}
