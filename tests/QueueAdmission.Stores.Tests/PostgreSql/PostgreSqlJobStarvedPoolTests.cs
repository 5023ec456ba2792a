using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.PostgreSql;

[Collection(StarvedPool.Collection)]
public sealed class PostgreSqlJobStarvedPoolTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    /// <remarks>
    /// Npgsql needs the pool for about one of 150 connections. Such a call ends at its time limit, and the next call
    /// connects again. The store has separate connections for listening, accepting and running, so each call is
    /// repeated.
    /// </remarks>
    [Fact]
    public void Store_PoolIsStarved_AcceptsRunsAndHears()
    {
        var queue = PostgreSqlJobs.NewQueue();
        using var store = PostgreSqlJobs.Open(shared.Server.ConnectionString);
        StarvedPool.Run(() =>
        {
            Repeat(store.Open);
            using var stop = new CancellationTokenSource();
            var heard = 0;
            var listening = new Thread(() =>
            {
                while (!stop.IsCancellationRequested)
                    PostgreSqlJobs.Succeeds(() => store.Listen(() => Interlocked.Increment(ref heard), stop.Token));
            });
            listening.Start();
            // The store reports once that it listens.
            Eventually.True(() => Volatile.Read(ref heard) > 0, () => "The store does not listen.");
            var before = Volatile.Read(ref heard);

            var accepted = PostgreSqlJobs.NewJobs(queue, 3);
            Repeat(() => store.Accept(accepted));

            Eventually.True(() => Volatile.Read(ref heard) > before, () => "The new jobs were not heard of.");
            var node = PostgreSqlJobs.NewNode();
            Repeat(() => store.RenewOwner(node));
            IReadOnlyList<ClaimedJob> jobs = [];
            Repeat(() => jobs = store.Advance(node, [], [new JobClaim(queue, 10)]).Jobs);
            IReadOnlyList<bool> ends = [];
            Repeat(() => ends = store.Advance(node, [.. jobs.Select(PostgreSqlJobs.Done)], []).Ends);
            Assert.Equal([true, true, true], ends);
            stop.Cancel();
            listening.Join();
        });
    }

    private static void Repeat(Action call) =>
        Eventually.True(() => PostgreSqlJobs.Succeeds(call), () => "The store cannot be reached.");
}
