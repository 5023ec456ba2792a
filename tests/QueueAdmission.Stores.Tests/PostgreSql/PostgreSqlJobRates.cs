using System.Diagnostics;
using Npgsql;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>Measures the rates of the store on a separate server. A normal test run does not execute it.</summary>
/// <remarks>
/// Run the test program with <c>-explicit only -class '*PostgreSqlJobRates' -showliveoutput</c>. One thread accepts
/// groups of 500 jobs of 1 KB. Two nodes claim up to 100 jobs per call, and end them with the next call. In half of the
/// rounds, another transaction is held open.
/// </remarks>
public sealed class PostgreSqlJobRates(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    private const int Rounds = 3;
    private const int Jobs = 60_000;
    private const int Group = 500;
    private const int Batch = 100;

    [Fact(Explicit = true)]
    public void Rates()
    {
        List<double> accepted = [];
        List<double>[] run = [[], []];
        for (var round = 0; round < 2 * Rounds; round++)
        {
            // The order is A B B A A B, so that changes of the machine's speed affect both variants.
            var isHeld = round % 4 is 1 or 2;
            using var store = PostgreSqlJobs.Open(shared.Server.ConnectionString, o => o.Schema = $"round{round}");
            store.Open();
            using var held = isHeld ? Hold() : null;
            var queue = PostgreSqlJobs.NewQueue();
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < Jobs / 2; i += Group)
            {
                store.Accept(PostgreSqlJobs.NewJobs(queue, Group, 1_000));
            }
            accepted.Add(Jobs / 2 / watch.Elapsed.TotalSeconds);
            watch.Restart();
            var nodes = Enumerable.Range(0, 2).Select(_ => new Thread(() => RunNode(queue, $"round{round}"))).ToList();
            nodes.ForEach(thread => thread.Start());
            for (var i = 0; i < Jobs / 2; i += Group)
            {
                store.Accept(PostgreSqlJobs.NewJobs(queue, Group, 1_000));
            }
            nodes.ForEach(thread => thread.Join());
            var rate = Jobs / watch.Elapsed.TotalSeconds;
            run[isHeld ? 1 : 0].Add(rate);
            Say($"round {round}{(isHeld ? ", held" : "")}: {accepted[^1]:0} accepted/s alone, "
                + $"{rate:0} run/s with accepting");
        }
        var change = 100 * (Median(run[1]) / Median(run[0]) - 1);
        Say($"median: {Median(accepted):0} accepted/s; {Median(run[0]):0} run/s, "
            + $"{Median(run[1]):0} run/s with a held transaction: {change:+0;-0} %");
    }

    private static void Say(string text) => TestContext.Current.TestOutputHelper!.WriteLine(text);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private void RunNode(string queue, string schema)
    {
        using var store = PostgreSqlJobs.Open(shared.Server.ConnectionString, o => o.Schema = schema);
        var node = PostgreSqlJobs.NewNode();
        IReadOnlyList<ClaimedJob> jobs = [];
        var renewed = 0L;
        do
        {
            if (renewed == 0 || TimeProvider.System.GetElapsedTime(renewed) > store.RenewalInterval)
            {
                store.RenewOwner(node);
                renewed = TimeProvider.System.GetTimestamp();
            }
            jobs = store.Advance(node, [.. jobs.Select(PostgreSqlJobs.Done)], [new JobClaim(queue, Batch)]).Jobs;
        }
        while (jobs.Count > 0 || PostgreSqlJobs.CountsOf(store, queue).Done < Jobs);
    }

    private NpgsqlConnection Hold()
    {
        var connection = new NpgsqlConnection(shared.Server.ConnectionString + ";Pooling=false");
        connection.Open();
        foreach (var text in new[] { "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM pg_class" })
        {
            using var command = new NpgsqlCommand(text, connection);
            command.ExecuteScalar();
        }
        return connection;
    }
}
