namespace QueueAdmission.Deferred.Benchmarks.Servers;

/// <summary>A way to accept posts, measured in a separate process.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Label">The name in the table.</param>
/// <param name="Store">The name of the store in the table.</param>
internal sealed record Subject(string Name, string Label, string Store)
{
    public const string KafkaAndPostgres = "kafka, postgres";

    public static readonly Subject OursOnSqlite = new("ours-sqlite", "QueueAdmission", "sqlite");

    public static readonly Subject OursThatRuns = new("ours-sqlite-runs", "QueueAdmission, while posts run", "sqlite");

    public static readonly Subject OursOnPostgres = new("ours-postgres", "QueueAdmission", "postgres");

    /// <summary>Accepts into Kafka, and imports the accepted jobs into PostgreSQL at the same time.</summary>
    public static readonly Subject OursOnKafka = new("ours-kafka", "QueueAdmission", KafkaAndPostgres);

    public static readonly Subject Wolverine = new("wolverine", "Wolverine 6.62, while posts run", "postgres");

    public static readonly Subject Hangfire = new("hangfire", "Hangfire 1.8", "postgres");

    // Another store for QueueAdmission needs one entry here and one case in MeasuredServer.
    public static IReadOnlyList<Subject> All { get; } =
        [OursOnSqlite, OursThatRuns, OursOnPostgres, OursOnKafka, Wolverine, Hangfire];
}
