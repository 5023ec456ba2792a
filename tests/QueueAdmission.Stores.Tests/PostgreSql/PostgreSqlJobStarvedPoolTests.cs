using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.PostgreSql;

[Collection(StarvedPool.Collection)]
public sealed class PostgreSqlJobStarvedPoolTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    [Fact]
    public void Store_PoolIsStarved_AcceptsRunsAndHears()
    {
        var queue = PostgreSqlJobs.NewQueue();
        using var store = PostgreSqlJobs.Open(shared.Server.ConnectionString);
        StarvedPool.Run(() =>
        {
            // Npgsql needs the pool for about one of 150 connections. Such a call ends at its time limit.
            Eventually.True(() => PostgreSqlJobs.Succeeds(store.Open), () => "The store cannot be opened.");
            using var stop = new CancellationTokenSource();
            using var heard = new AutoResetEvent(initialState: false);
            var listening = new Thread(
                () => PostgreSqlJobs.Succeeds(() => store.Listen(() => heard.Set(), stop.Token)));
            listening.Start();
            Assert.True(heard.WaitOne(TimeSpan.FromSeconds(30)));

            store.Accept(PostgreSqlJobs.NewJobs(queue, 3));

            Assert.True(heard.WaitOne(TimeSpan.FromSeconds(30)));
            var node = PostgreSqlJobs.NewNode();
            store.RenewOwner(node);
            var jobs = store.Advance(node, [], [new JobClaim(queue, 10)]).Jobs;
            Assert.Equal([true, true, true], store.Advance(node, [.. jobs.Select(PostgreSqlJobs.Done)], []).Ends);
            stop.Cancel();
            listening.Join();
        });
    }
}
