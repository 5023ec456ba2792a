using StackExchange.Redis;

namespace ClusterDemo;

/// <summary>The stock in Redis. Redis runs each script as one atomic step.</summary>
internal sealed class RedisStock(string connectionString) : IStock
{
    // The braces keep the three keys on one server of a Redis cluster.
    private static readonly RedisKey[] Keys = ["{clusterdemo}:shop", "{clusterdemo}:jobs", "{clusterdemo}:sales"];

    private const string View =
        """

        local shop = redis.call('HMGET', KEYS[1], 'stock', 'sold', 'max', 'changes')
        local running = redis.call('HLEN', KEYS[2])
        return { tonumber(shop[1]), tonumber(shop[2]), running, tonumber(shop[3]), tonumber(shop[4]), sold }
        """;

    private const string Open =
        """
        redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
        redis.call('HSET', KEYS[1], 'stock', ARGV[1], 'sold', 0, 'max', 0, 'changes', 0)
        """;

    private const string Begin =
        """
        local sold = 0
        redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
        local jobs = redis.call('HLEN', KEYS[2])
        if jobs > tonumber(redis.call('HGET', KEYS[1], 'max')) then
          redis.call('HSET', KEYS[1], 'max', jobs)
        end
        """ + View;

    private const string End =
        """
        local sold = 0
        local counted = redis.call('HDEL', KEYS[2], ARGV[1])
        if ARGV[2] ~= '' then
          if redis.call('SISMEMBER', KEYS[3], ARGV[2]) == 1 then
            sold = 1
          elseif counted == 1 and tonumber(redis.call('HGET', KEYS[1], 'stock')) > 0 then
            sold = 1
            redis.call('HINCRBY', KEYS[1], 'stock', -1)
            redis.call('HINCRBY', KEYS[1], 'sold', 1)
            redis.call('HINCRBY', KEYS[1], 'changes', 1)
            redis.call('SADD', KEYS[3], ARGV[2])
          end
        end
        """ + View;

    private const string Clear =
        """
        local jobs = redis.call('HGETALL', KEYS[2])
        for i = 1, #jobs, 2 do
          local node, generation = string.match(jobs[i + 1], '^(%d+) (.*)$')
          if node == ARGV[1] and generation ~= ARGV[2] then
            redis.call('HDEL', KEYS[2], jobs[i])
          end
        end
        """;

    private const string Add =
        """
        local sold = 0
        redis.call('HINCRBY', KEYS[1], 'stock', ARGV[1])
        redis.call('HINCRBY', KEYS[1], 'changes', 1)
        """ + View;

    private readonly Lazy<Task<ConnectionMultiplexer>> _connection = new(() =>
    {
        var options = ConfigurationOptions.Parse(connectionString);
        options.AbortOnConnectFail = true;
        return ConnectionMultiplexer.ConnectAsync(options);
    });

    public async Task OpenAsync(int lamps)
    {
        try
        {
            await RunAsync(Open, lamps);
        }
        catch (RedisException exception)
        {
            throw DemoServer.Redis.Missing(exception);
        }
    }

    public async Task<StockView> BeginAsync(StockJob job) =>
        ViewOf(await RunAsync(Begin, job.Id, $"{job.Node} {job.Generation}"));

    public async Task<Sale> EndAsync(StockJob job, string? order)
    {
        var answer = await RunAsync(End, job.Id, order ?? "");
        return new Sale((long)answer[5] == 1, ViewOf(answer));
    }

    public async Task<bool> IsSoldAsync(string order) =>
        (long)await RunAsync("return redis.call('SISMEMBER', KEYS[3], ARGV[1])", order) == 1;

    public Task ClearAsync(int node, string? generation) => RunAsync(Clear, node, generation ?? "");

    public async Task<StockView> AddAsync(int lamps) => ViewOf(await RunAsync(Add, lamps));

    public async Task<StockView> ReadAsync() => ViewOf(await RunAsync("local sold = 0" + View));

    public async ValueTask DisposeAsync()
    {
        if (_connection is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await _connection.Value).DisposeAsync();
    }

    private static StockView ViewOf(RedisResult answer) =>
        new((long)answer[0], (long)answer[1], (long)answer[2], (long)answer[3], (long)answer[4]);

    private async Task<RedisResult> RunAsync(string script, params RedisValue[] values) =>
        await (await _connection.Value).GetDatabase().ScriptEvaluateAsync(script, Keys, values);
}
