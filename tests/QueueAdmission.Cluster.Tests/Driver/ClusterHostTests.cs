using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QueueAdmission.Testing;

namespace QueueAdmission.Cluster.Driver;

public sealed class ClusterHostTests
{
    private readonly InMemoryLeaseStore _server = new();

    [Fact]
    public async Task Nodes_OneIsIdle_TheOtherUsesTheWholeLimitAndNoMore()
    {
        await using var one = await TestNode.StartAsync(_server, limit: 4);
        await using var other = await TestNode.StartAsync(_server, limit: 4);
        await Eventually.HoldsAsync(() => one.View is { HasLease: true, IsLearning: false } && other.View.HasLease);

        var leases = await one.TakeAsync(4);

        Assert.Equal(4, one.Queue.GetSnapshot().Running);
        Assert.False(other.Queue.TryEnter().IsAdmitted);
        leases.ForEach(lease => lease.Dispose());
    }

    [Fact]
    public async Task Nodes_BothAreHungry_ShareTheLimit()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        // Without a time limit, the jobs also run on a busy machine. A job that is paused for longer than a lease can
        // run beside its successor, so the leases are long.
        Task<TestNode> StartAsync() => TestNode.StartAsync(
            _server, limit: 4, configure: o => o.MaxWait = Timeout.InfiniteTimeSpan,
            leaseDuration: TimeSpan.FromSeconds(5));
        int running = 0, most = 0;
        async Task Job(CancellationToken token)
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            // Jobs have to end, because a node passes a worker on only when its job has ended. No assertion depends on
            // how long they run.
            await Task.Delay(20, token);
            Interlocked.Decrement(ref running);
        }
        var jobs =
            Enumerable.Range(0, 80).SelectMany(_ => new[] { one.Queue.Push(Job), other.Queue.Push(Job) }).ToList();

        await Eventually.HoldsAsync(
            () => one.Queue.GetSnapshot().Running == 2 && other.Queue.GetSnapshot().Running == 2);
        foreach (var job in jobs)
        {
            Assert.Equal(JobStatus.Ran, (await job.Completion).Status);
        }

        Assert.InRange(most, 1, 4);
    }

    [Fact]
    public async Task Store_IsAwayAtStart_NodeStartsDegradedAndRecovers()
    {
        _server.GoAway();
        await using var node = await TestNode.StartAsync(_server, limit: 4);
        await Eventually.HoldsAsync(() => node.Cluster.Outage is not null);
        Assert.Equal(HealthStatus.Degraded, await HealthAsync(node));
        Assert.False(node.Queue.TryEnter().IsAdmitted);

        _server.ComeBack();

        await Eventually.HoldsAsync(() => node.View.Held > 0);
        Assert.Null(node.Cluster.Outage);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(node));
        Assert.Single(node.Log, record => record.Level == LogLevel.Error);
    }

    [Fact]
    public async Task Store_GoesAway_LeaseIsLostAndNothingStarts()
    {
        await using var node = await TestNode.StartAsync(_server, limit: 2);
        var lease = Assert.Single(await node.TakeAsync(1));
        var lost = lease.LeaseLost;
        Assert.True(lost.CanBeCanceled);

        _server.GoAway();

        await Eventually.HoldsAsync(() => lost.IsCancellationRequested);
        Assert.False(node.Queue.TryEnter().IsAdmitted);
        lease.Dispose();
        Assert.False(node.Queue.TryEnter().IsAdmitted);
    }

    [Fact]
    public async Task View_StoreIsAway_IsThatOfTheLastSight()
    {
        await using var node = await TestNode.StartAsync(_server, limit: 2);
        await using var other = await TestNode.StartAsync(_server, limit: 2);
        await Eventually.HoldsAsync(() => node.View is { HasLease: true, Nodes.Count: 2 });
        Assert.Equal(TimeSpan.FromSeconds(1), node.View.LeaseDuration);
        Assert.True(node.View.TimeToEnd > TimeSpan.Zero);

        _server.GoAway();
        await Eventually.HoldsAsync(() => !node.View.HasLease);
        var seen = node.View;
        var calls = _server.Calls;
        await Eventually.HoldsAsync(() => _server.Calls > calls + 4);

        Assert.NotNull(node.Cluster.Outage);
        Assert.Equal((TimeSpan.Zero, seen.SeenAt), (node.View.TimeToEnd, node.View.SeenAt));
        Assert.Equal(seen.Nodes, node.View.Nodes);
        Assert.All(seen.Nodes, known => Assert.InRange(known.LastSeen, TimeSpan.Zero, node.View.LeaseDuration));
        _server.ComeBack();
        await Eventually.HoldsAsync(() => node.View.SeenAt > seen.SeenAt);
    }

    [Fact]
    public async Task Store_GoesAwayWithShare_ItsPartOfTheLimitIsLeft()
    {
        await using var one = await TestNode.StartAsync(_server, limit: 5, LeaseFallback.Share);
        await using var other = await TestNode.StartAsync(_server, limit: 5, LeaseFallback.Share);
        await Eventually.HoldsAsync(() => one.View.Nodes.Count == 2 && other.View.Nodes.Count == 2);

        _server.GoAway();

        await Eventually.HoldsAsync(() => !one.View.HasLease && !other.View.HasLease);
        Assert.Equal(2, one.Queue.GetSnapshot().Workers);
        Assert.Equal(2, other.Queue.GetSnapshot().Workers);
    }

    [Fact]
    public async Task FencingToken_OneWorker_RisesFromHolderToHolder()
    {
        await using var one = await TestNode.StartAsync(_server, limit: 1);
        await using var other = await TestNode.StartAsync(_server, limit: 1);
        long last = 0;
        for (var i = 0; i < 3; i++)
        {
            foreach (var node in new[] { one, other })
            {
                var lease = Assert.Single(await node.TakeAsync(1));
                Assert.True(lease.FencingToken > last, $"{lease.FencingToken} after {last}");
                last = lease.FencingToken!.Value;
                lease.Dispose();
            }
        }
    }

    [Fact]
    public async Task FencingToken_SeveralWorkers_IsNull()
    {
        await using var node = await TestNode.StartAsync(_server, limit: 2);
        var lease = Assert.Single(await node.TakeAsync(1));

        Assert.Null(lease.FencingToken);
        lease.Dispose();
    }

    [Fact]
    public async Task StopAsync_NodeIsIdle_OthersHaveItsWorkersAtOnce()
    {
        await using var one = await TestNode.StartAsync(_server, limit: 4);
        await Eventually.HoldsAsync(() => one.View.Held == 4);

        await one.StopAsync();

        await using var other = await TestNode.StartAsync(_server, limit: 4);
        await Eventually.HoldsAsync(() => other.View.HasLease);
        Assert.Equal("stock", other.View.Queue);
        Assert.Single(other.View.Nodes);
        Assert.False(other.View.IsLearning);
        Assert.Equal(4, other.View.Held);
    }

    [Fact]
    public async Task Update_ClusterWorkersChange_IsInForceWithoutARestart()
    {
        await using var node = await TestNode.StartAsync(_server, limit: 4);
        await Eventually.HoldsAsync(() => node.View.Held == 4);

        node.Queue.Update(o => o.Set(ClusterSettings.ClusterWorkers, 2));
        await Eventually.HoldsAsync(() => node.View.Held == 2);
        Assert.Equal(2, node.Queue.GetSnapshot().Workers);

        node.Queue.Update(o => o.Set(ClusterSettings.ClusterWorkers, null));
        await Eventually.HoldsAsync(() => node.Queue.GetSnapshot().Workers == 16);
    }

    [Fact]
    public async Task Workers_BelowClusterWorkers_BoundTheNode()
    {
        await using var node = await TestNode.StartAsync(_server, limit: 8, configure: o => o.Workers = 3);
        await Eventually.HoldsAsync(() => node.View is { HasLease: true, IsLearning: false, Held: > 0 });

        Assert.Equal(3, node.View.Held);
    }

    [Fact]
    public async Task EnterAsync_WeightIsAboveClusterWorkers_Throws()
    {
        await using var node = await TestNode.StartAsync(_server, limit: 4);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await node.Queue.EnterAsync(new JobTraits { Weight = 5 }));
    }

    [Fact]
    public async Task StartAsync_WithoutAStore_SaysWhatToWrite()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(
            async () => await TestNode.StartAsync(server: null, limit: 4));

        Assert.Contains("AddCluster(c => c.UseRedis(connectionString))", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<HealthStatus> HealthAsync(TestNode node)
    {
        var checks = node.Services.GetRequiredService<HealthCheckService>();
        return (await checks.CheckHealthAsync(TestContext.Current.CancellationToken)).Status;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
