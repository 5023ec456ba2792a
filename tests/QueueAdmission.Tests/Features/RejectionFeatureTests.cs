using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;
using QueueAdmission.Responses;

namespace QueueAdmission;

public sealed class RejectionFeatureTests
{
    private const string Settings = "Queues:q:Workers=1 Queues:q:PartitionCapacity=1 Queues:q:MaxWait=00:00:02";

    [Theory]
    [InlineData("/endpoint")]
    [InlineData("/enters")]
    [InlineData("/enters-late")]
    public async Task Feature_OfARequestThatIsRejectedAtOnce_IsSeenByMiddlewaresInFront(string path)
    {
        var seen = new SeenFeature();
        await using var app = await StartAsync(seen);
        var queue = app.Queue("q");
        queue.Update(settings => settings.PartitionCapacity = 0);
        using var occupied = queue.TryEnter();

        (await app.GetAsync(path)).Dispose();

        Assert.Equal(("q", RejectionReason.QueueFull, TimeSpan.Zero), seen.Rejection);
        Assert.InRange(seen.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("/endpoint")]
    [InlineData("/enters")]
    public async Task Feature_OfARequestThatWaited_SaysHowLong(string path)
    {
        var seen = new SeenFeature();
        await using var app = await StartAsync(seen);
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        var waiting = await app.GetAndWaitInLineAsync(path, queue);

        app.Clock.Advance(TimeSpan.FromSeconds(2));

        (await waiting).Dispose();
        Assert.Equal(("q", RejectionReason.WaitTimeout, TimeSpan.FromSeconds(2)), seen.Rejection);
    }

    [Theory]
    [InlineData("/endpoint")]
    [InlineData("/enters")]
    [InlineData("/free")]
    public async Task Feature_OfARequestThatRuns_IsNotThere(string path)
    {
        var seen = new SeenFeature();
        await using var app = await StartAsync(seen);

        (await app.GetAsync(path)).Dispose();

        Assert.Equal((true, null), (seen.HasSeen, seen.Feature));
    }

    [Fact]
    public async Task Feature_OfARequestWhoseClientLeft_IsNotThere()
    {
        var seen = new SeenFeature();
        await using var app = await StartAsync(seen);
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        using var client = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var waiting = await app.GetAndWaitInLineAsync("/endpoint", queue, client.Token);

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Eventually.TrueAsync(() => seen.HasSeen);
        Assert.Null(seen.Feature);
    }

    [Fact]
    public async Task Feature_OfARejection_IsThereBeforeAnythingIsWritten()
    {
        var request = new RejectedRequest();
        IQueueRejectionFeature? inHook = null, inWriter = null;

        await request.RefuseAsync(
            onRejected: _ =>
            {
                inHook = request.Feature;
                return ValueTask.CompletedTask;
            },
            writers: RejectionWriter.ForFormat(RejectionFormat.Problem, _ =>
            {
                inWriter = request.Feature;
                return ValueTask.CompletedTask;
            }));

        Assert.NotNull(inHook);
        Assert.Same(inHook, inWriter);
        Assert.Same(inHook, request.Feature);
    }

    [Fact]
    public async Task Feature_OfRequestsThatAreRejectedAlike_IsTheSameObject()
    {
        var queue = RejectedRequest.NewQueue();

        var first = await new RejectedRequest().RefuseAsync(queue: queue);
        var second = await new RejectedRequest().RefuseAsync(queue: queue);
        var waited = await new RejectedRequest().RefuseAsync(queue: queue, waited: TimeSpan.FromSeconds(3));

        Assert.Same(first.Feature, second.Feature);
        Assert.NotSame(first.Feature, waited.Feature);
        Assert.Equal(("checkout", RejectionReason.QueueFull, TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(3)),
            (waited.Feature!.QueueName, waited.Feature.Reason, waited.Feature.RetryAfter, waited.Feature.Waited));
    }

    private static Task<TestApp> StartAsync(SeenFeature seen) => TestApp.StartAsync(Settings, app =>
    {
        app.Use(seen.LookAfterAsync);
        app.UseRouting();
        app.UseQueuedAdmission();
        app.MapGet("/endpoint", () => "ran").WithQueue("q");
        app.MapGet("/free", () => "ran");
        app.MapGet("/enters", async (HttpContext context) =>
        {
            using var lease = await context.EnterQueueAsync("q");
        });
        app.MapGet("/enters-late", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("begun");
            using var lease = await context.EnterQueueAsync("q");
        });
    }, services => services.AddQueuedAdmission());

    /// <summary>
    /// A middleware in front of the queue, which looks for the feature after the rest of the pipeline has ended.
    /// </summary>
    private sealed class SeenFeature
    {
        private volatile bool _hasSeen;

        public bool HasSeen => _hasSeen;

        public IQueueRejectionFeature? Feature { get; private set; }

        public (string, RejectionReason, TimeSpan) Rejection => (Feature!.QueueName, Feature.Reason, Feature.Waited);

        public TimeSpan RetryAfter => Feature!.RetryAfter;

        public async Task LookAfterAsync(HttpContext context, RequestDelegate next)
        {
            try
            {
                await next(context);
            }
            finally
            {
                Feature = context.Features.Get<IQueueRejectionFeature>();
                _hasSeen = true;
            }
        }
    }
}
