using System.Net;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using QueueAdmission.Crash.Campaign;

namespace QueueAdmission.Crash;

/// <summary>
/// The disk of the job file is full, or the file is locked or deleted. Each post is accepted completely or refused.
/// </summary>
public class StoreFaultTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_DiskBelowItsWatermark_IsRefusedAndAcceptedWhenThereIsSpace()
    {
        using var folder = new DemoFolder();
        await using (var full = await DemoProcess.StartAsync(
            folder.Path, "--Store:MinFreeDiskSpace", "9000000000000000000"))
        {
            Assert.Equal("deferred_unavailable", await ReasonOfRefusalAsync(full));
            Assert.Equal(0, (await full.ReadAsync()).Accepted);
            await full.StopAsync();
        }
        await using var demo = await DemoProcess.StartAsync(folder.Path);

        await new Poster(flows: 2).PostAsync(10, () => demo.Client);

        var books = await demo.UntilAsync(static books => books.Done == 10, "all posts have run");
        Assert.True(books.IsBalanced && books.Rows == 10, $"{books}");
    }

    [Fact]
    public async Task Post_FileIsLockedByAnotherProgram_IsRefusedAndAcceptedAfterwards()
    {
        using var folder = new DemoFolder();
        await using var demo = await DemoProcess.StartAsync(folder.Path);
        var poster = new Poster(flows: 4);
        await poster.PostAsync(20, () => demo.Client);
        using (var other = new SqliteConnection($"Data Source={folder.Jobs};Pooling=False"))
        {
            other.Open();
            using var transaction = other.BeginTransaction(deferred: false);

            Assert.Equal("deferred_unavailable", await ReasonOfRefusalAsync(demo));

            transaction.Rollback();
        }
        await poster.PostAsync(20, () => demo.Client);

        var books = await demo.UntilAsync(static books => books.IsIdle && books.Done == 40, "all posts have run");
        Assert.True(books.IsBalanced && books is { Rows: 40, Dead: 0 }, $"{books}");
    }

    [Fact]
    public async Task Post_FileIsRemoved_IsAcknowledgedOnlyIfItWillRun()
    {
        using var folder = new DemoFolder();
        await using var demo = await DemoProcess.StartAsync(folder.Path, "--Posts:ReviewTime", "00:00:00.500");
        await new Poster(flows: 4).PostAsync(20, () => demo.Client);
        await demo.UntilAsync(static books => books.IsIdle && books.Done == 20, "all posts have run");

        foreach (var file in (string[])["jobs.db", "jobs.db-wal", "jobs.db-shm", "jobs.db.owner"])
            File.Delete(Path.Combine(folder.Path, file));
        var poster = new Poster(flows: 4);
        await poster.PostAsync(20, () => demo.Client);
        // A process that starts now has only the keys in the new file.
        await demo.KillWorkerAsync(TimeSpan.Zero);

        // The counts of the deleted file are lost with it. The rows of the target table are not.
        var books = await demo.UntilAsync(static books => books.IsIdle && books.Rows >= 40, "the later posts have run");
        Assert.True(books.IsBalanced && books is { Accepted: 20, Done: 20, Rows: 40, Dead: 0 }, $"{books}");
        Assert.Equal(20, poster.Acknowledged.Count);
    }

    private static async Task<string?> ReasonOfRefusalAsync(DemoProcess demo)
    {
        using var answer = await demo.Client.PostAsJsonAsync("/posts", new { text = "Refused" }, Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("reason").GetString();
    }
}
