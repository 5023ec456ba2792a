using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores.PostgreSql;

[Collection(StarvedPool.Collection)]
public sealed class StarvedPoolTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    private const int MaxTries = 4;

    private readonly LeaseStoreKey _key = Documents.NewKey();

    /// <remarks>
    /// Npgsql needs the pool for about one of 150 connections. Such a call ends at its time limit, and the next call
    /// connects again. The same happens if the machine is too busy for the time limit.
    /// </remarks>
    [Fact]
    public void Write_PoolIsStarvedAndTheConnectionIsMade_SucceedsAfterFewCalls()
    {
        var connectionString = shared.Server.ConnectionString.Replace(
            "127.0.0.1", "localhost", StringComparison.Ordinal);

        StarvedPool.Run(() =>
        {
            for (var i = 0; i < 12; i++)
            {
                using var store = PostgreSqlStores.Open(connectionString);
                Assert.True(WriteWithOtherTries(store, $"a.{i}"));
            }
        });
    }

    [Fact]
    public void Listen_PoolIsStarved_HearsSignals() =>
        StarvedPool.Run(() =>
        {
            using var store = PostgreSqlStores.Open(shared.Server.ConnectionString);
            using var ears = new SignalEars(store, _key.Cluster);
            Eventually.Writes(store, _key, "a.1", "hungry");
            ears.WaitFor("hungry");
        });

    private bool WriteWithOtherTries(ILeaseStore store, string version)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return store.Write(_key, version);
            }
            catch (LeaseStoreException exception)
                when (exception.Problem == LeaseStoreProblem.Unreachable && tries < MaxTries)
            {
                // The next call opens a new connection.
            }
        }
    }
}
