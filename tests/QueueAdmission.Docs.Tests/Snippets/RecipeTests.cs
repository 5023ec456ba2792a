using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Docs.Snippets;

/// <summary>Runs the programs of recipes, sends requests, and tests that the recipes do what their text says.</summary>
public sealed class RecipeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GettingStarted_ARush_ServesWhatFitsAndRefusesTheRest()
    {
        await using var run = await ProgramRun.StartAsync(ProgramOf("docs/getting-started.md", "/orders"));
        using var client = ClientOf(run);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(_ => client.PostAsync("/orders", content: null, Stop)));

        var books = QueueOf(run, "checkout").GetSnapshot();
        Assert.Equal(
            200, answers.Count(answer => answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable));
        Assert.Equal(
            (books.Ran, books.Rejected),
            (answers.Count(answer => answer.StatusCode == HttpStatusCode.OK),
                answers.Count(answer => answer.StatusCode != HttpStatusCode.OK)));
        Assert.True(books.Ran >= 24, $"{books.Ran} ran.");
    }

    [Fact]
    public async Task GettingStarted_QueueIsFull_TheDashboardSaysSo()
    {
        await using var run = await ProgramRun.StartAsync(ProgramOf("docs/getting-started.md", "/orders"));
        using var client = ClientOf(run);
        QueueOf(run, "checkout").Pause();

        var waiting = Enumerable.Range(0, 20).Select(_ => client.PostAsync("/orders", content: null, Stop)).ToArray();
        await UntilAsync(() => QueueOf(run, "checkout").GetSnapshot().Waiting == 20);
        using var refused = await client.PostAsync("/orders", content: null, Stop);
        var shown = await client.GetFromJsonAsync<JsonElement>("/queues/checkout", Stop);
        QueueOf(run, "checkout").Resume();
        await Task.WhenAll(waiting);

        Assert.Equal("queue_full", (await ProblemOfAsync(refused)).GetProperty("reason").GetString());
        Assert.Equal(20, shown.GetProperty("waiting").GetInt32());
    }

    [Fact]
    public async Task EntityFramework_TheLastItem_IsSoldOnce()
    {
        await using var run = await ProgramRun.StartAsync(ProgramOf("docs/cookbook.md", "AddDbContextPool"));
        using var client = ClientOf(run);
        await using var scope = run.Host.Services.CreateAsyncScope();
        var contextType = SnippetCompiler.Compile(ProgramOf("docs/cookbook.md", "AddDbContextPool"))
            .GetType("ShopContext")!;
        var shop = (DbContext)scope.ServiceProvider.GetRequiredService(contextType);
        await shop.Database.EnsureDeletedAsync(Stop);
        await shop.Database.EnsureCreatedAsync(Stop);
        await shop.Database.ExecuteSqlAsync($"INSERT INTO Stock (Id, Left) VALUES (7, 1)", Stop);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => client.PostAsync("/orders/7", content: null, Stop)));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(19, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        await shop.Database.EnsureDeletedAsync(Stop);
    }

    [Fact]
    public async Task Mvc_ActionsAndPages_HaveTheirQueues()
    {
        await using var run = await ProgramRun.StartAsync(ProgramOf("docs/cookbook.md", "ReportsController"));
        using var client = ClientOf(run);
        using var busy = Fill(run, "reports");

        using var refused = await client.GetAsync("/reports/7", Stop);
        using var list = await client.GetAsync("/reports", Stop);

        Assert.Equal("reports", (await ProblemOfAsync(refused)).GetProperty("queue").GetString());
        Assert.Equal("1, 2, 3", await list.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Yarp_ARouteThatNamesAQueue_IsRefusedByIt()
    {
        await using var run = await ProgramRun.StartAsync(ProgramOf("docs/cookbook.md", "AddReverseProxy"));
        using var client = ClientOf(run);
        using var busy = Fill(run, "legacy");

        using var refused = await client.GetAsync("/old/things", Stop);
        using var passed = await client.GetAsync("/new/things", Stop);

        Assert.Equal("legacy", (await ProblemOfAsync(refused)).GetProperty("queue").GetString());
        // The request has reached the proxy, which cannot find the host.
        Assert.Equal(HttpStatusCode.BadGateway, passed.StatusCode);
    }

    [Fact]
    public async Task Gateway_AModelOfTheList_EntersItsQueueAndAnotherNone()
    {
        await using var run = await ProgramRun.StartAsync(ProgramOf("docs/cookbook.md", "/v1/chat"));
        using var client = ClientOf(run);
        using var busy = Fill(run, "gpu-large");

        using var refused = await AskAsync(client, "large");
        using var answered = await AskAsync(client, "small");
        using var unknown = await AskAsync(client, "gpu-small");

        Assert.Equal("gpu-large", (await ProblemOfAsync(refused)).GetProperty("queue").GetString());
        Assert.Equal("data: hello\n\n", await answered.Content.ReadAsStringAsync(Stop));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        Assert.Equal(1, QueueOf(run, "gpu-small").GetSnapshot().Arrived);
    }

    [Fact]
    public async Task Blazor_Pages_HaveAQueueAndComponentsTheirOwn()
    {
        await using var run = await ProgramRun.StartAsync(ProgramOf("docs/cookbook.md", "AddRazorComponents"));
        using var client = ClientOf(run);
        using var shown = await client.GetAsync("/report", Stop);
        using var busy = Fill(run, "pages");

        using var refused = await client.GetAsync("/report", Stop);
        using var circuit = await client.PostAsync("/_blazor/negotiate?negotiateVersion=1", content: null, Stop);

        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Equal("pages", (await ProblemOfAsync(refused)).GetProperty("queue").GetString());
        Assert.Equal("pages", (await ProblemOfAsync(circuit)).GetProperty("queue").GetString());
        Assert.Equal(0, QueueOf(run, "render").GetSnapshot().Arrived);
    }

    [Fact]
    public async Task HttpClient_TheQueueIsFull_TheCallIsRefused()
    {
        await using var run = await ProgramRun.StartAsync(ProgramOf("docs/cookbook.md", "AddResilienceHandler"));
        var queue = QueueOf(run, "legacy");
        queue.Update(o => (o.Workers, o.PartitionCapacity) = (1, 0));
        using var busy = queue.TryEnter();
        using var client = run.Host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("legacy");

        await Assert.ThrowsAsync<Polly.RateLimiting.RateLimiterRejectedException>(
            () => client.GetStringAsync("price", Stop));

        Assert.Equal(1, queue.GetSnapshot().Rejected);
    }

    [Fact]
    public async Task OpenTelemetry_ARefusal_IsNamedInTheMetricsOfRequests()
    {
        await using var run = await ProgramRun.StartAsync(
            ProgramOf("docs/cookbook.md", "MapPrometheusScrapingEndpoint"));
        using var client = ClientOf(run);
        using var busy = Fill(run, "checkout");

        using var refused = await client.GetAsync("/orders", Stop);

        var seen = "";
        await UntilAsync(async () => (seen = await client.GetStringAsync("/metrics", Stop))
            .Split('\n')
            .Any(line => line.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal)
                && line.Contains("queue_admission_queue=\"checkout\"", StringComparison.Ordinal)
                && line.Contains("queue_admission_reason=\"queue_full\"", StringComparison.Ordinal)));
        Assert.Contains("queue_admission_jobs_total", seen, StringComparison.Ordinal);
    }

    private static Snippet ProgramOf(string page, string content) => Snippet.All.Single(snippet =>
        snippet.Block.Page.Name == page && snippet.IsProgram
            && snippet.Block.Text.Contains(content, StringComparison.Ordinal));

    private static HttpClient ClientOf(ProgramRun run)
    {
        var addresses =
            run.Host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new HttpClient { BaseAddress = new Uri(addresses.Single()) };
    }

    private static JobQueue QueueOf(ProgramRun run, string name) =>
        run.Host.Services.GetRequiredKeyedService<JobQueue>(name);

    /// <summary>Reduces the queue to one worker and no places, and takes the worker.</summary>
    private static IDisposable Fill(ProgramRun run, string name)
    {
        var queue = QueueOf(run, name);
        queue.Update(o => (o.Workers, o.PartitionCapacity, o.MaxWaiting, o.MaxWorkersPerKey) = (1, 0, null, null));
        return queue.TryEnter();
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, string model) =>
        client.PostAsJsonAsync("/v1/chat", new ChatRequest(model, "hello"), Stop);

    private static async Task<JsonElement> ProblemOfAsync(HttpResponseMessage refused)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        return await refused.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(5), bound.Token);
    }
}
