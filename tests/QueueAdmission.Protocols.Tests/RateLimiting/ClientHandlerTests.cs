using System.Net;
using System.Threading.RateLimiting;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.RateLimiting;

/// <summary>Tests a queue for outgoing calls: a handler of HttpClient acquires a lease from a rate limiter.</summary>
public sealed class ClientHandlerTests
{
    private readonly Gate _gate = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_MoreThanWorkers_WaitInTheClient()
    {
        await using var server = await StartServerAsync();
        using var queue = new JobQueue(new JobQueueOptions { Workers = 1 });
        using var client = LimitedClient(server, queue);

        var calls = Enumerable.Range(0, 3).Select(_ => client.GetAsync("/slow", Stop)).ToList();
        await _gate.UntilArrivedAsync(1);
        await queue.UntilWaitingAsync(2);
        Assert.Equal(1, _gate.Arrived);
        _gate.Open();

        var answers = await Task.WhenAll(calls).WithinPatience();
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal((0, 3), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public async Task Call_QueueIsFull_IsRefusedInTheClient()
    {
        await using var server = await StartServerAsync();
        using var queue = new JobQueue(new JobQueueOptions { Workers = 1, PartitionCapacity = 0 });
        using var client = LimitedClient(server, queue);
        using var busy = await queue.EnterAsync(Stop);

        using var refused = await client.GetAsync("/slow", Stop);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(0, _gate.Arrived);
    }

    private Task<LoopbackServer> StartServerAsync() =>
        LoopbackServer.StartAsync(app => app.MapGet("/slow", () => _gate.PassAsync()));

    private static HttpClient LimitedClient(LoopbackServer server, JobQueue queue) =>
        new(new LimitingHandler(queue.AsRateLimiter())) { BaseAddress = server.Http1Address };

    private sealed class LimitingHandler(RateLimiter limiter) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var lease = await limiter.AcquireAsync(permitCount: 1, cancellationToken);
            if (lease.IsAcquired)
                return await base.SendAsync(request, cancellationToken);
            var refused = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
            if (lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter))
                refused.Headers.RetryAfter = new(retryAfter);
            return refused;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                limiter.Dispose();
            base.Dispose(disposing);
        }
    }
}
