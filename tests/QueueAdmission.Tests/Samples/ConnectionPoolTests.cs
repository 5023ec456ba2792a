using Microsoft.Extensions.Time.Testing;
using WebDemo;

namespace QueueAdmission.Samples;

public sealed class ConnectionPoolTests : IDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("queueadmission-pool-");
    private readonly ConnectionPool _pool;

    public ConnectionPoolTests() => _pool = new(Path.Combine(_folder.FullName, "shop.db"), 2, Wait, _time);

    [Fact]
    public async Task Rent_AllInUse_WaitsInTurn()
    {
        var first = await _pool.RentAsync(CancellationToken.None);
        using var second = await _pool.RentAsync(CancellationToken.None);
        var third = _pool.RentAsync(CancellationToken.None);
        var fourth = _pool.RentAsync(CancellationToken.None);
        Assert.Equal((2, 2), (_pool.Busy, _pool.Waiting));

        first.Dispose();

        var connection = await third;
        Assert.False(fourth.IsCompleted);
        Assert.Equal((2, 1), (_pool.Busy, _pool.Waiting));
        Assert.Same(first.Connection, connection.Connection);
        connection.Dispose();
        (await fourth).Dispose();
        Assert.Equal((0, 2), (_pool.Waiting, _pool.MostWaiting));
        _pool.ResetMostWaiting();
        Assert.Equal(0, _pool.MostWaiting);
    }

    [Fact]
    public async Task Rent_NoneFreeInTime_FailsAndLeavesTheLine()
    {
        using var first = await _pool.RentAsync(CancellationToken.None);
        var second = await _pool.RentAsync(CancellationToken.None);
        var late = _pool.RentAsync(CancellationToken.None);

        _time.Advance(Wait);

        var exception = await Assert.ThrowsAsync<PoolExhaustedException>(
            () => late.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.Contains("all 2 connections were in use for 1 s", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, _pool.Waiting);
        second.Dispose();
        Assert.Equal(1, _pool.Busy);
    }

    [Fact]
    public async Task Rent_ClientLeaves_EndsTheWait()
    {
        using var first = await _pool.RentAsync(CancellationToken.None);
        using var second = await _pool.RentAsync(CancellationToken.None);
        using var client = new CancellationTokenSource();
        var third = _pool.RentAsync(client.Token);

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => third.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.Equal((2, 0), (_pool.Busy, _pool.Waiting));
    }

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Delete(recursive: true);
    }
}
