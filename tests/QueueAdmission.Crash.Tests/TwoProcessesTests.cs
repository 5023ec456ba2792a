using QueueAdmission.Crash.Campaign;

namespace QueueAdmission.Crash;

/// <summary>
/// Two deployments share one file. Both accept posts, but only one runs jobs. When that deployment is killed, the other
/// continues.
/// </summary>
public class TwoProcessesTests
{
    [Fact]
    public async Task Fronts_OnOneFile_BothAcceptAndTheOtherRunsWhenOneIsKilled()
    {
        using var folder = new DemoFolder();
        await using var first = await DemoProcess.StartAsync(folder.Path);
        await first.UntilAsync(static books => books.Worker == "running", "the first one runs jobs");
        await using var second = await DemoProcess.StartAsync(folder.Path);
        await second.UntilAsync(static books => books.Worker == "running", "the second one is ready");
        var (one, other) = (new Poster(flows: 8), new Poster(flows: 8));

        await Task.WhenAll(one.PostAsync(300, () => first.Client), other.PostAsync(300, () => second.Client));
        await first.KillAllAsync();
        await other.PostAsync(100, () => second.Client);

        Assert.Equal(700, one.Acknowledged.Count + other.Acknowledged.Count);
        var books = await second.UntilAsync(static books => books.IsIdle && books.Done == 700, "all posts have run");
        Assert.True(books.IsBalanced && books is { Rows: 700, Dead: 0 }, $"{books}");
    }
}
