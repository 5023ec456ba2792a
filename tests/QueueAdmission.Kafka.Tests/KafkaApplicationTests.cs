using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueueAdmission.Kafka.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Kafka;

/// <summary>A web application with Kafka in front of its store.</summary>
public sealed class KafkaApplicationTests : IDisposable
{
    private readonly MockKafka _kafka = new();
    private readonly InMemoryJobStore _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task Post_GoesThroughKafkaAndRuns()
    {
        await using var app = await StartAsync(imports: true);

        var address = await AcceptAsync(app);
        var response = await DoneAsync(app, address);

        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(1, _kafka.Count());
    }

    [Fact]
    public async Task Status_JobIsNotInTheStoreYet_IsWaiting()
    {
        await using var app = await StartAsync(imports: false);
        var address = await AcceptAsync(app);

        var (status, state) = await ReadAsync(app, address);
        using var cancelled = await app.GetTestClient().DeleteAsync(address, Token);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            ("waiting", "posts"), (state.GetProperty("state").GetString(), state.GetProperty("queue").GetString()));
        Assert.Equal(IdOf(address), state.GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.Conflict, cancelled.StatusCode);
        Assert.Contains("not", await cancelled.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_IdOrTicketIsInvented_IsNotFound()
    {
        await using var app = await StartAsync(imports: false);
        var (first, second) = (await AcceptAsync(app), await AcceptAsync(app));
        var ticket = first[first.IndexOf('.', StringComparison.Ordinal)..];
        string[] invented =
        [
            $"/jobs/{Guid.CreateVersion7():N}",
            $"/jobs/{IdOf(first)}",
            $"/jobs/{IdOf(second)}{ticket}",
            $"/jobs/{Guid.CreateVersion7():N}{ticket}",
            $"{first[..^4]}AAAA",
            $"/jobs/{IdOf(first)}.",
            $"/jobs/{IdOf(first)}.%20",
            $"/jobs/{ticket}",
        ];

        foreach (var address in invented)
        {
            using var response = await app.GetTestClient().GetAsync(address, Token);
            Assert.True(response.StatusCode == HttpStatusCode.NotFound, address);
        }
    }

    [Fact]
    public async Task Status_AfterAnotherProcessImportedTheJob_LeadsToItsResponse()
    {
        await using var front = await StartAsync(imports: false, runs: false);
        var address = await AcceptAsync(front);
        Assert.Equal("waiting", (await ReadAsync(front, address)).State.GetProperty("state").GetString());

        await using var worker = await StartAsync(imports: true);
        using var response = await DoneAsync(front, address);

        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Status_JobWasPurged_IsNotFound()
    {
        await using var app = await StartAsync(imports: true);
        var address = await AcceptAsync(app);
        (await DoneAsync(app, address)).Dispose();
        using (var store = _store.Open())
        {
            Assert.Equal(1, store.Purge("posts", TimeSpan.Zero, 10));
        }

        using var response = await app.GetTestClient().GetAsync(address, Token);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Post_BrokerIsAway_IsRefusedWithOneLineAndGoesOn()
    {
        await using var app = await StartAsync(imports: false, deliverySeconds: 1);
        _kafka.GoDown();

        for (var i = 0; i < 2; i++)
        {
            using var refused = await PostAsync(app);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains(
                "deferred_unavailable", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
        var outage = app.Services.GetRequiredService<IDeferredJobs>().Outage;
        _kafka.ComeUp();
        var status = HttpStatusCode.ServiceUnavailable;
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (status == HttpStatusCode.ServiceUnavailable && !bound.IsCancellationRequested)
        {
            using var response = await PostAsync(app);
            status = response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal(JobStoreProblem.Unreachable, outage!.Problem);
        Assert.Null(app.Services.GetRequiredService<IDeferredJobs>().Outage);
        Assert.Equal(["JobIntakeAway", "JobIntakeBack"], app.Services.GetFakeLogCollector().GetSnapshot()
            .Where(record => record.Category!.StartsWith("QueueAdmission.", StringComparison.Ordinal)
                && record.Level >= LogLevel.Information)
            .Select(record => record.Id.Name));
    }

    [Fact]
    public async Task Post_StoreIsAway_IsAcceptedAndRunsLater()
    {
        await using var app = await StartAsync(imports: true);
        (await DoneAsync(app, await AcceptAsync(app))).Dispose();
        _store.GoAway();

        var address = await AcceptAsync(app);
        _store.ComeBack();
        using var response = await DoneAsync(app, address);

        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Post_QueueIsFullAsFarAsIsKnown_IsRefused()
    {
        await using var app = await StartAsync(imports: false, "QueuedAdmission:Queues:posts:Deferred:MaxWaiting=2");
        await AcceptAsync(app);
        await AcceptAsync(app);

        using var refused = await PostAsync(app);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("deferred_full", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TopicDoesNotExist_Fails()
    {
        _kafka.FailTopic(Confluent.Kafka.ErrorCode.UnknownTopicOrPart);

        var exception = await Assert.ThrowsAsync<JobStoreException>(() => StartAsync(imports: false));

        Assert.Contains("topic jobs", exception.Message, StringComparison.Ordinal);
    }

    private static string IdOf(string address) =>
        address["/jobs/".Length..address.IndexOf('.', StringComparison.Ordinal)];

    private static Task<HttpResponseMessage> PostAsync(WebApplication app) =>
        app.GetTestClient().PostAsync("/posts", new StringContent("hello"), Token);

    private static async Task<string> AcceptAsync(WebApplication app)
    {
        using var response = await PostAsync(app);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return response.Headers.Location!.OriginalString;
    }

    private static async Task<(HttpStatusCode Status, JsonElement State)> ReadAsync(WebApplication app, string address)
    {
        using var response = await app.GetTestClient().GetAsync(address, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        return (response.StatusCode, JsonDocument.Parse(text).RootElement.Clone());
    }

    private static async Task<HttpResponseMessage> DoneAsync(WebApplication app, string address)
    {
        var client = app.GetTestClient();
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var response = await client.GetAsync(address, bound.Token);
            if (response.StatusCode == HttpStatusCode.SeeOther)
            {
                return await client.GetAsync(response.Headers.Location, bound.Token);
            }
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await Task.Delay(TimeSpan.FromMilliseconds(5), bound.Token);
        }
    }

    private async Task<WebApplication> StartAsync(
        bool imports, string? setting = null, bool runs = true, int deliverySeconds = 20)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(
        [
            new("QueuedAdmission:Queues:posts:Workers", "2"),
            new("QueuedAdmission:Queues:posts:Deferred:Run", runs ? "true" : "false"),
            .. setting?.Split('=') is [var key, var value]
                ? [new KeyValuePair<string, string?>(key, value)]
                : Array.Empty<KeyValuePair<string, string?>>(),
        ]);
        builder.Logging.AddFakeLogging().SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        builder.Services.AddQueuedAdmission().AddDeferredJobs(deferred => deferred
            .UseStore(_ => _store.Open())
            .UseKafka(_kafka.Servers, kafka =>
            {
                kafka.Topic = _kafka.Topic;
                kafka.Import = imports;
                kafka.DeliveryTimeout = TimeSpan.FromSeconds(deliverySeconds);
                MockKafka.Hasten(kafka);
            }));
        var app = builder.Build();
        app.UseQueuedAdmission();
        app.MapPost(
            "/posts",
            async (HttpRequest request) => Results.Text(await new StreamReader(request.Body).ReadToEndAsync()))
            .WithQueue("posts").Defer();
        app.MapDeferredJobs("/jobs");
        try
        {
            await app.StartAsync(Token);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        return app;
    }
}
