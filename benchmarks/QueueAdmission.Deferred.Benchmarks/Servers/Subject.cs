namespace QueueAdmission.Deferred.Benchmarks.Servers;

/// <summary>What accepts the posts, in a process of its own.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Label">Its name in the table.</param>
/// <param name="Store">Its store, in the table.</param>
internal sealed record Subject(string Name, string Label, string Store)
{
    public const string KafkaAndPostgres = "kafka, postgres";

    public static readonly Subject OursOnSqlite = new("ours-sqlite", "QueueAdmission", "sqlite");

    public static readonly Subject OursThatRuns = new("ours-sqlite-runs", "QueueAdmission, while posts run", "sqlite");

    public static readonly Subject OursOnPostgres = new("ours-postgres", "QueueAdmission", "postgres");

    /// <summary>Beside, it brings what it has accepted to the store.</summary>
    public static readonly Subject OursOnKafka = new("ours-kafka", "QueueAdmission", KafkaAndPostgres);

    public static readonly Subject Wolverine = new("wolverine", "Wolverine 6.62, while posts run", "postgres");

    public static readonly Subject Hangfire = new("hangfire", "Hangfire 1.8", "postgres");

    // A further store of ours is one line here, and one in MeasuredServer.
    public static IReadOnlyList<Subject> All { get; } =
        [OursOnSqlite, OursThatRuns, OursOnPostgres, OursOnKafka, Wolverine, Hangfire];
}
