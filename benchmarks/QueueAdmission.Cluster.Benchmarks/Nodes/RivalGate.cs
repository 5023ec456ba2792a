using RedisRateLimiting;
using StackExchange.Redis;

namespace QueueAdmission.Cluster.Benchmarks.Nodes;

/// <summary>
/// Admits jobs with the concurrency limiter of RedisRateLimiting. Apart from the limits, it has its default settings.
/// </summary>
internal sealed class RivalGate : IGate
{
    private readonly ConnectionMultiplexer _connection;
    private readonly RedisConcurrencyRateLimiter<string> _limiter;

    private RivalGate(ConnectionMultiplexer connection, NodeSettings settings)
    {
        _connection = connection;
        _limiter = new RedisConcurrencyRateLimiter<string>(settings.Cluster, new RedisConcurrencyRateLimiterOptions
        {
            ConnectionMultiplexerFactory = () => connection,
            PermitLimit = settings.Workers,
            QueueLimit = 100_000,
        });
    }

    public static async Task<RivalGate> StartAsync(NodeSettings settings) =>
        new(await ConnectionMultiplexer.ConnectAsync(settings.Connection), settings);

    public async ValueTask<IDisposable> EnterAsync()
    {
        var lease = await _limiter.AcquireAsync(1);
        return lease.IsAcquired ? lease : throw new InvalidOperationException("The limiter has refused a job.");
    }

    public async ValueTask DisposeAsync()
    {
        await _limiter.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
