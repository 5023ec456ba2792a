using QueueAdmission.Stores.Servers;
using QueueAdmission.Testing;

namespace QueueAdmission.Stores.PostgreSql;

public sealed class PostgreSqlJobContractTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    private static readonly string[] Unreachable = ["An unreachable store throws in time"];

    public static TheoryData<string> Names => [.. NamesOf(), .. Unreachable];

    /// <summary>
    /// The checks that have jobs in all states. Only these run with rotating partitions, where each call needs several
    /// further calls.
    /// </summary>
    public static TheoryData<string> NamesWithPartitions =>
    [
        "An accepted job is found after the store has been opened again",
        "A key is kept as long as its job",
        "A job that is retried or returned holds its sequence",
        "A re-driven job is the last of its sequence",
        "A sequence continues after its jobs have been purged",
        "A dead letter keeps its payload and its reason",
        "A retried job keeps its place",
        "A recovered job holds its sequence and its place",
        "Jobs of a node that resigns wait again, and the attempt does not count",
        "Purging is limited for each call, and continues",
        "Purging changes no count, and keeps all other jobs",
        "Calls from several threads neither lose nor duplicate jobs",
        "Random calls give the results of the store in memory",
        "Other random calls give the results of the store in memory",
    ];

    /// <summary>
    /// The checks that are most relevant to a pooler, which may use another server connection for each transaction.
    /// </summary>
    public static TheoryData<string> NamesThroughAPooler =>
    [
        "Calls from several threads neither lose nor duplicate jobs",
        "Random calls give the results of the store in memory",
        "Listeners are notified of new jobs",
        "Jobs of a lost node wait again, and the attempt counts",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Store_OnPostgreSql_KeepsTheContract(string name)
    {
        var connectionString = shared.Server.ConnectionString;
        Run(name, () => PostgreSqlJobs.Open(connectionString));
    }

    [Theory]
    [MemberData(nameof(NamesWithPartitions))]
    public void Store_PartitionsTurnWithEachCall_KeepsTheContract(string name)
    {
        if (name.Contains("random calls", StringComparison.OrdinalIgnoreCase))
            Effort.SkipUnlessFull();
        var connectionString = shared.Server.ConnectionString;
        Run(name, () => new RotatingJobStore(PostgreSqlJobs.Open(
            connectionString, o => o.Schema = "turning", partitions: RotatingJobStore.Partitions)));
    }

    [Theory]
    [MemberData(nameof(NamesThroughAPooler))]
    public void Store_ThroughPgBouncerInTransactionMode_KeepsTheContract(string name)
    {
        using var bouncer = new PgBouncer(shared.Server);
        Run(name, () => PostgreSqlJobs.Open(bouncer.ConnectionString));
    }

    private static IEnumerable<string> NamesOf() =>
        new JobStoreContract(() => throw new NotSupportedException()).Checks.Select(check => check.Name);

    private static void Run(string name, Func<IJobStore> open)
    {
        var contract = new JobStoreContract(
            open, () => PostgreSqlJobs.Open($"Host=127.0.0.1;Port={Ports.FindFree()};Username=x;Password=x"));
        contract.Checks.Single(check => check.Name == name).Run();
    }
}
