using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Responses;

public sealed class RejectionWriterTests
{
    private const string Html = "text/html";

    [Fact]
    public async Task Writers_SeveralCanWrite_TheQueuesComesFirstThenTheFirstOfAllQueues()
    {
        var none = new NamedWriter("none", canWrite: false);
        var queue = RejectedRequest.NewQueue(writers: [none, new NamedWriter("queue 1"), new NamedWriter("queue 2")]);

        var own = await new RejectedRequest().RefuseAsync(queue: queue, writers: new NamedWriter("all"));
        var shared = await new RejectedRequest().RefuseAsync(
            queue: RejectedRequest.NewQueue(writers: none),
            writers: [new NamedWriter("all 1"), new NamedWriter("all 2")]);
        var builtIn = await new RejectedRequest().RefuseAsync(
            queue: RejectedRequest.NewQueue(writers: none), writers: none);

        Assert.Equal(("queue 1", "all 1"), (own.Body, shared.Body));
        Assert.Equal("queue_full", builtIn.Json.GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData(RejectionFormat.Problem)]
    [InlineData(RejectionFormat.Page)]
    [InlineData(RejectionFormat.Grpc)]
    public async Task ForFormat_EachFormat_ReplacesThatAnswerAndNoOther(RejectionFormat replaced)
    {
        var writer = RejectionWriter.ForFormat(replaced, async rejected =>
        {
            Assert.Equal(replaced, rejected.Format);
            await rejected.HttpContext.Response.WriteAsync("replaced");
        });

        foreach (var format in Enum.GetValues<RejectionFormat>())
        {
            var request = await Of(format).RefuseAsync(writers: writer);

            Assert.Equal(format == replaced, request.Body == "replaced");
            Assert.Equal((format == RejectionFormat.Grpc ? 200 : 503, "12"),
                (request.Response.StatusCode, request.Response.Headers.RetryAfter.ToString()));
        }
    }

    [Theory]
    [InlineData("text/csv", true)]
    [InlineData("application/json;q=0.5, TEXT/CSV", true)]
    [InlineData("text/csv;q=0.5, application/json", false)]
    [InlineData("text/csvx", false)]
    [InlineData("text/html", false)]
    [InlineData("*/*", false)]
    [InlineData(null, false)]
    public async Task ForMediaType_ClientPrefersIt_Writes(string? accept, bool writes)
    {
        var writer = RejectionWriter.ForMediaType("text/csv", async rejected =>
        {
            var response = rejected.HttpContext.Response;
            response.ContentType = "text/csv";
            await response.WriteAsync($"queue,reason\n{rejected.QueueName},{rejected.Reason.ToWireName()}\n");
        });

        var request = await new RejectedRequest(accept: accept).RefuseAsync(writers: writer);

        Assert.Equal(writes, request.Body == "queue,reason\ncheckout,queue_full\n");
        Assert.Equal("Accept", request.Response.Headers.Vary);
        Assert.Equal("no-store", request.Response.Headers.CacheControl);
    }

    [Fact]
    public async Task ForMediaType_GrpcCallThatNamesIt_GetsTheAnswerOfGrpc()
    {
        var request = Of(RejectionFormat.Grpc);
        request.Context.Request.Headers.Accept = "text/csv";

        await request.RefuseAsync(
            writers: RejectionWriter.ForMediaType("text/csv", _ => throw new InvalidOperationException()));

        Assert.Equal("14", request.Response.Headers["grpc-status"]);
    }

    [Fact]
    public async Task StatusOnly_OfEachFormat_LeavesTheBodyEmptyExceptForGrpc()
    {
        foreach (var format in Enum.GetValues<RejectionFormat>())
        {
            var request = await Of(format).RefuseAsync(writers: RejectionWriter.StatusOnly);

            var response = request.Response;
            Assert.Equal(("", "12"), (request.Body, response.Headers.RetryAfter.ToString()));
            Assert.Equal(
                format == RejectionFormat.Grpc ? (200, "application/grpc", "14") : (503, null, ""),
                (response.StatusCode, response.ContentType, response.Headers["grpc-status"].ToString()));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Writer_Throws_TheBuiltInAnswerIsWrittenAndTheExceptionIsLogged(bool whenAsked)
    {
        var log = new FakeLogger();
        var thrown = new InvalidOperationException("the writer's own");
        var queue = RejectedRequest.NewQueue(logger: log, writers: new FailingWriter(thrown, whenAsked));

        for (var i = 0; i < 3; i++)
        {
            var request = new RejectedRequest("GET", Html);

            await request.RefuseAsync(queue: queue, writers: new NamedWriter("all"));

            var (response, headers) = (request.Response, request.Response.Headers);
            Assert.Equal((503, "text/html; charset=utf-8", "12", "Accept"),
                (response.StatusCode, response.ContentType, headers.RetryAfter.ToString(), headers.Vary.ToString()));
            Assert.Contains("--refusal-background", request.Body, StringComparison.Ordinal);
        }

        var line = Assert.Single(log.Collector.GetSnapshot(), line => line.Id.Name == "AnswerFailed");
        Assert.Same(thrown, line.Exception);
        Assert.StartsWith(
            "Queue checkout rejected a request, and IRejectionWriter threw", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writer_ThrowsBecauseTheClientHasLeft_IsNotLogged()
    {
        var log = new FakeLogger();
        var request = new RejectedRequest();
        request.Context.RequestAborted = new CancellationToken(canceled: true);
        var queue = RejectedRequest.NewQueue(
            logger: log, writers: new FailingWriter(new OperationCanceledException(), whenAsked: false));

        await request.RefuseAsync(queue: queue);

        Assert.DoesNotContain(log.Collector.GetSnapshot(), line => line.Id.Name == "AnswerFailed");
    }

    [Fact]
    public async Task Hook_AnswersItself_NoWriterIsAsked()
    {
        var request = await new RejectedRequest().RefuseAsync(
            onRejected: rejected =>
            {
                rejected.HttpContext.Response.StatusCode = 302;
                return ValueTask.CompletedTask;
            },
            writers: new NamedWriter("all"));

        Assert.Equal((302, ""), (request.Response.StatusCode, request.Body));
    }

    [Fact]
    public async Task Settings_OfAllQueuesAndOfOne_AreUsedByEndpointsAndByHandlers()
    {
        await using var app = await TestApp.StartAsync("Defaults:Workers=1 Defaults:PartitionCapacity=0", app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/a", () => "").WithQueue("a");
            app.MapGet("/b", () => "").WithQueue("b");
            app.MapGet("/enters-a", async (HttpContext context) => (await context.EnterQueueAsync("a")).Dispose());
        }, services => services.AddQueuedAdmission(o =>
        {
            o.RejectionWriters = [new NamedWriter("all")];
            o.AddQueue("a", q => q.RejectionWriters = [new NamedWriter("only a")]).AddQueue("b");
        }));
        using var a = app.Queue("a").TryEnter();
        using var b = app.Queue("b").TryEnter();

        // A reload changes the settings from the configuration, and keeps the settings that only code can specify.
        app.Reload("Queues:a:MaxRetryAfter=00:00:30");

        Assert.Equal(("only a", "only a", "all"), (await TextOf("/a"), await TextOf("/enters-a"), await TextOf("/b")));

        async Task<string> TextOf(string path)
        {
            using var response = await app.GetAsync(path);
            Assert.Equal(503, (int)response.StatusCode);
            return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Context_MadeForATest_HasWhatTheFeatureSays()
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Accept = Html;

        var context = new RejectionContext(http, new KnownRejection());

        Assert.Same(http, context.HttpContext);
        Assert.Equal(
            ("q", RejectionReason.Shed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), RejectionFormat.Page),
            (context.QueueName, context.Reason, context.RetryAfter, context.Waited, context.Format));
    }

    [Fact]
    public void Arguments_Wrong_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new QueuedAdmissionOptions().RejectionWriters = [null!]);
        Assert.Throws<ArgumentException>(() => new RequestQueueOptions().RejectionWriters = [null!]);
        Assert.Throws<ArgumentNullException>(() => new RequestQueueOptions().RejectionWriters = null!);
        Assert.Throws<ArgumentOutOfRangeException>("format", () => RejectionWriter.ForFormat(0, _ => default));
        Assert.Throws<ArgumentNullException>("write", () => RejectionWriter.ForFormat(RejectionFormat.Page, null!));
        Assert.Throws<ArgumentException>("mediaType", () => RejectionWriter.ForMediaType(" ", _ => default));
        Assert.Throws<ArgumentNullException>("write", () => RejectionWriter.ForMediaType(Html, null!));
        Assert.Throws<ArgumentNullException>("rejection", () => new RejectionContext(new DefaultHttpContext(), null!));
    }

    private static RejectedRequest Of(RejectionFormat format)
    {
        var request = format switch
        {
            RejectionFormat.Grpc => new RejectedRequest("POST"),
            RejectionFormat.Page => new RejectedRequest("GET", Html),
            _ => new RejectedRequest(),
        };
        if (format == RejectionFormat.Grpc)
        {
            request.Context.Request.ContentType = "application/grpc";
        }
        return request;
    }

    private sealed class NamedWriter(string name, bool canWrite = true) : IRejectionWriter
    {
        public bool CanWrite(RejectionContext context) => canWrite;

        public async ValueTask WriteAsync(RejectionContext context) =>
            await context.HttpContext.Response.WriteAsync(name);
    }

    private sealed class FailingWriter(Exception exception, bool whenAsked) : IRejectionWriter
    {
        public bool CanWrite(RejectionContext context) => whenAsked ? throw exception : true;

        public async ValueTask WriteAsync(RejectionContext context)
        {
            var response = context.HttpContext.Response;
            (response.StatusCode, response.ContentType, response.ContentLength) = (200, "text/plain", 1);
            response.Headers.Remove("Retry-After");
            response.Headers.Remove("Vary");
            await Task.Yield();
            throw exception;
        }
    }

    private sealed class KnownRejection : IQueueRejectionFeature
    {
        public string QueueName => "q";

        public RejectionReason Reason => RejectionReason.Shed;

        public TimeSpan RetryAfter => TimeSpan.FromSeconds(5);

        public TimeSpan Waited => TimeSpan.FromSeconds(1);
    }
}
