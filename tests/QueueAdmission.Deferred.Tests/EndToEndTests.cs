using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;

namespace QueueAdmission.Deferred;

public sealed class EndToEndTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_Deferred_IsAcceptedRunAndShown()
    {
        var texts = new List<string>();
        await using var app = await DeferredApp.StartAsync("Queues:posts:Workers=2", app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/posts", (Post post) =>
            {
                texts.Add(post.Text);
                return TypedResults.Created($"/posts/{post.Text}", post);
            }).WithQueue("posts").Defer();
        });

        using var accepted = await app.SendAsync(HttpMethod.Post, "/posts", JsonBody("""{"text":"hello"}"""));
        var job = accepted.Headers.Location!.OriginalString;
        await app.RunAllAsync();
        using var state = await app.SendAsync(HttpMethod.Get, job);
        using var response = await app.SendAsync(HttpMethod.Get, state.Headers.Location!.OriginalString);

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.NotNull(accepted.Headers.RetryAfter);
        Assert.Equal(["hello"], texts);
        Assert.Equal(HttpStatusCode.SeeOther, state.StatusCode);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("/posts/hello", response.Headers.Location!.OriginalString);
        Assert.Equal("""{"text":"hello"}""", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Application_StartedAgain_RunsWhatTheFileHolds()
    {
        var folder = Directory.CreateTempSubdirectory("deferred-");
        try
        {
            var connection = $"Data Source={Path.Combine(folder.FullName, "jobs.db")}";
            var jobs = new List<string>();
            await using (var before = await StartAsync(connection, "Queues:posts:Deferred:Run=false"))
            {
                jobs.AddRange(await Task.WhenAll(Enumerable.Range(0, 200).Select(
                    i => before.AcceptAsync("/posts", JsonBody($$"""{"text":"{{i}}"}""")))));
                await before.App.StopAsync(Token);
            }

            await using var after = await StartAsync(connection, "Queues:posts:Workers=4");
            await after.RunAllAsync();

            Assert.Equal(
                (200, 0), ((await after.Jobs.ReadQueuesAsync())[0].Done, (await after.Jobs.ReadQueuesAsync())[0].Dead));
            Assert.Equal("7", await after.Client.GetStringAsync($"{jobs[7]}/response", Token));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<DeferredApp> StartAsync(string connection, string settings) => DeferredApp.StartAsync(
        settings,
        app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/posts", (Post post) => post.Text).WithQueue("posts").Defer();
        },
        jobs: jobs => jobs.UseSqlite(connection));

    private static StringContent JsonBody(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    private sealed record Post(string Text);
}
