using System.Net;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Pipelines;

/// <summary>Tests CORS in front of the queue. A page of another site can then read the rejection.</summary>
public sealed class CrossOriginTests
{
    private const string Shop = "https://shop.example";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rejection_CorsBeforeTheQueue_CarriesItsHeaders()
    {
        await using var server = await StartServerAsync();
        using var busy = await server.Queue().EnterAsync(Stop);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/queued") { Headers = { { "Origin", Shop } } };

        using var refused = await server.Http1.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal([Shop], refused.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["Accept", "Origin"], refused.Headers.Vary.Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rejection_RetryAfter_IsReadableByAPageOnlyWhereThePolicyExposesIt(bool exposed)
    {
        await using var server = await StartServerAsync(exposed);
        using var busy = await server.Queue().EnterAsync(Stop);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/queued") { Headers = { { "Origin", Shop } } };

        using var refused = await server.Http1.SendAsync(request, Stop);

        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(
            exposed ? ["Retry-After"] : [],
            refused.Headers.TryGetValues("Access-Control-Expose-Headers", out var headers) ? headers : []);
        Assert.Contains("retryAfterSeconds", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_CorsBeforeTheQueue_NeedsNoWorker()
    {
        await using var server = await StartServerAsync();
        using var busy = await server.Queue().EnterAsync(Stop);
        using var request = new HttpRequestMessage(HttpMethod.Options, "/queued")
        {
            Headers = { { "Origin", Shop }, { "Access-Control-Request-Method", "GET" } },
        };

        using var answer = await server.Http1.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal([Shop], answer.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(1, server.Queue().GetSnapshot().Arrived);
    }

    private static Task<LoopbackServer> StartServerAsync(bool exposed = false) => LoopbackServer.StartAsync(
        map: app =>
        {
            app.UseCors();
            app.MapGet("/queued", () => "answer").WithQueue(LoopbackServer.Line);
        },
        build: builder => builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy =>
        {
            policy.WithOrigins(Shop, "https://other.example");
            if (exposed)
                policy.WithExposedHeaders("Retry-After");
        })),
        line: line => line.PartitionCapacity = 0);
}
