using System.Net;

namespace QueueAdmission.Crash;

/// <summary>
/// A deployment no longer has the endpoint of waiting jobs. The jobs become dead letters. They run when they are
/// redriven on a deployment that has the endpoint again.
/// </summary>
public class RemovedEndpointTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Job_OfRemovedEndpoint_IsDeadLetterAndRunsWhenRedrivenLater()
    {
        using var folder = new DemoFolder();
        await using (var before = await StartAsync(folder, runs: false, "/posts"))
        {
            using var client = new HttpClient { BaseAddress = new Uri(before.Urls.Single()) };
            using var answer = await client.PostAsJsonAsync("/posts", new Note("kept"), Cancelled);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            await before.StopAsync(Cancelled);
        }
        await using (var without = await StartAsync(folder, runs: true, "/articles"))
        {
            var jobs = without.Services.GetRequiredService<IDeferredJobs>();
            await jobs.RunAllAsync(Cancelled);

            var dead = Assert.Single(await jobs.ListDeadAsync());
            Assert.Equal(("POST /posts", "endpoint_gone"), (dead.Route, dead.Reason));
            await without.StopAsync(Cancelled);
        }
        await using var after = await StartAsync(folder, runs: true, "/posts");
        var again = after.Services.GetRequiredService<IDeferredJobs>();

        Assert.True(await again.RedriveAsync(Assert.Single(await again.ListDeadAsync()).Id));
        await again.RunAllAsync(Cancelled);

        Assert.Equal(["kept"], after.Services.GetRequiredService<Notes>().Texts);
        var queue = Assert.Single(await again.ReadQueuesAsync());
        Assert.Equal((1, 1, 0), (queue.Accepted, queue.Done, queue.Dead));
    }

    private static async Task<WebApplication> StartAsync(DemoFolder folder, bool runs, string path)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["QueuedAdmission:Queues:posts:Deferred:Run"] = $"{runs}";
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<Notes>();
        builder.Services.AddQueuedAdmission(static options => options.AddQueue("posts"))
            .AddDeferredJobs(jobs => jobs.UseSqlite($"Data Source={folder.Jobs}"));
        var app = builder.Build();
        app.UseQueuedAdmission();
        app.MapPost(path, (Note note, Notes notes) => notes.Texts.Add(note.Text)).WithQueue("posts").Defer();
        app.MapDeferredJobs("/jobs");
        await app.StartAsync(Cancelled);
        return app;
    }

    private sealed record Note(string Text);

    private sealed class Notes
    {
        public List<string> Texts { get; } = [];
    }
}
