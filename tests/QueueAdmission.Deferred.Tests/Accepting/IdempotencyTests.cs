using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Accepting;

public sealed class IdempotencyTests
{
    private const string Key = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";
    private const string OtherKey = "\"clkyoesmbgybucifusbbtdsbohtyuuwz\"";

    private readonly SemaphoreSlim _exit = new(0);
    private bool _isGated;
    private int _came;
    private int _ran;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Repetition_IsTheSameJob()
    {
        await using var app = await StartAsync();

        using var first = await PostAsync(app, Key);
        await app.RunAllAsync();
        using var second = await PostAsync(app, Key);
        await app.RunAllAsync();

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, second.StatusCode));
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(await first.Content.ReadAsStringAsync(Token), await second.Content.ReadAsStringAsync(Token));
        Assert.Equal((1, 1), (_ran, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted));
    }

    [Fact]
    public async Task Requests_WithoutOrWithOtherKeys_AreNew()
    {
        await using var app = await StartAsync();

        foreach (var key in new[] { null, null, Key, OtherKey })
        {
            using var response = await PostAsync(app, key);
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }

        Assert.Equal(4, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted);
    }

    [Theory]
    [InlineData("/posts/1", "other")]
    [InlineData("/posts/1", "")]
    [InlineData("/posts/2", "text")]
    [InlineData("/posts/1?x=1", "text")]
    [InlineData("/base/posts/1", "text")]
    public async Task Key_UsedForAnotherPayload_IsUnprocessable(string path, string body)
    {
        await using var app = await StartAsync();
        using var first = await PostAsync(app, Key, "/posts/1", "text");

        using var reused = await PostAsync(app, Key, path, body);
        using var again = await PostAsync(app, Key, "/posts/1", "text");

        await AssertProblemAsync(reused, HttpStatusCode.UnprocessableEntity, "Idempotency-Key is already used");
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(1, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted);
    }

    /// <summary>What is compared are parts, and not the bytes of all of them in a row.</summary>
    [Fact]
    public async Task Key_UsedForTheSameBytesInOtherParts_IsUnprocessable()
    {
        await using var app = await StartAsync();
        using var first = await PostAsync(app, Key, "/posts/1%3Fx=1");

        using var reused = await PostAsync(app, Key, "/posts/1?x=1");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.UnprocessableEntity), (first.StatusCode, reused.StatusCode));
    }

    [Theory]
    [InlineData("Text/Plain")]
    [InlineData("text/plain; charset=utf-8")]
    public async Task ContentType_WrittenInAnotherWay_IsTheSamePayload(string type)
    {
        await using var app = await StartAsync();
        using var first = await PostAsync(app, Key);
        using var content = new ByteArrayContent("text"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        using var again = await PostAsync(app, Key, content: content);

        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
    }

    [Fact]
    public async Task Key_OfAnotherContentType_IsUnprocessable()
    {
        await using var app = await StartAsync();
        using var first = await PostAsync(app, Key, content: new StringContent("1", Encoding.UTF8, "text/plain"));

        using var reused = await PostAsync(app, Key, content: new StringContent("1", Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, reused.StatusCode);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("b", false)]
    public async Task Form_BuiltAgain_IsTheSamePayload(string value, bool isSame)
    {
        await using var app = await StartAsync();
        using var first = await PostAsync(app, Key, content: new MultipartFormDataContent("one") { { new StringContent("a"), "x" } });

        using var second = await PostAsync(app, Key, content: new MultipartFormDataContent("another") { { new StringContent(value), "x" } });

        Assert.Equal(isSame ? HttpStatusCode.Accepted : HttpStatusCode.UnprocessableEntity, second.StatusCode);
    }

    [Fact]
    public async Task Key_OfAnotherCallerOrRoute_IsAnotherKey()
    {
        await using var app = await StartAsync();

        using var ada = await PostAsync(app, Key, user: "ada");
        using var eve = await PostAsync(app, Key, user: "eve");
        using var anonymous = await PostAsync(app, Key);
        using var route = await PostAsync(app, Key, "/notes", user: "ada");
        using var again = await PostAsync(app, Key, user: "ada");

        Assert.Equal(4, new[] { ada, eve, anonymous, route }.Select(response => response.Headers.Location).Distinct().Count());
        Assert.Equal(ada.Headers.Location, again.Headers.Location);
        Assert.Equal(4, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted);
    }

    [Fact]
    public async Task Key_OfAnotherMethod_IsAnotherKey()
    {
        await using var app = await StartAsync();

        using var post = await PostAsync(app, Key);
        using var put = await PostAsync(app, Key, method: HttpMethod.Put);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (post.StatusCode, put.StatusCode));
        Assert.NotEqual(post.Headers.Location, put.Headers.Location);
    }

    [Theory]
    [InlineData(null, 21, false)]
    [InlineData(null, 22, true)]
    [InlineData("ada", 1, true)]
    public async Task Key_OfAnAnonymousCaller_MustBeLong(string? user, int length, bool isAccepted)
    {
        await using var app = await StartAsync();

        using var response = await PostAsync(app, $"\"{new string('k', length)}\"", user: user);

        if (isAccepted)
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        else
            await AssertProblemAsync(response, HttpStatusCode.BadRequest, "Idempotency-Key is too short");
    }

    [Theory]
    [InlineData("8e03978e-40d5-43e8-bc93-6894a57f9324")]
    [InlineData("\"8e03978e-40d5-43e8-bc93-6894a57f9324")]
    [InlineData("\"8e03978e-40d5-43e8-bc93-6894a57f9324\", \"8e03978e-40d5-43e8-bc93-6894a57f9324\"")]
    [InlineData("\"\"")]
    public async Task Key_ThatIsNoString_IsABadRequest(string key)
    {
        await using var app = await StartAsync();

        using var response = await PostAsync(app, key, user: "ada");

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "Idempotency-Key is malformed");
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }

    [Theory]
    [InlineData(DeferWhen.Always)]
    [InlineData(DeferWhen.Rejected)]
    [InlineData(DeferWhen.Preferred)]
    public async Task Key_RequiredAndMissing_IsABadRequestAndNothingRuns(DeferWhen when)
    {
        await using var app = await StartAsync(when: when, use: IdempotencyKeyUse.Required);

        using var response = await PostAsync(app, key: null);
        await app.RunAllAsync();

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "Idempotency-Key is missing");
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
        Assert.Equal(0, _ran);
    }

    [Fact]
    public async Task Key_RequiredByAController_IsABadRequestWithoutIt()
    {
        await using var app = await DeferredApp.StartAsync(
            "Queues:posts:Workers=1",
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapControllers();
            },
            services => services.AddControllers().Only(typeof(PreferredController)));

        using var without = await PostAsync(app, key: null, "/preferred-action");
        using var with = await PostAsync(app, Key, "/preferred-action");
        using var again = await PostAsync(app, Key, "/preferred-action");

        await AssertProblemAsync(without, HttpStatusCode.BadRequest, "Idempotency-Key is missing");
        Assert.Equal("job", await with.Content.ReadAsStringAsync(Token));
        Assert.Equal("job", await again.Content.ReadAsStringAsync(Token));
        Assert.Equal(1, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted);
    }

    [Fact]
    public async Task Key_Ignored_HasNoEffect()
    {
        await using var app = await StartAsync(use: IdempotencyKeyUse.Ignored);

        foreach (var key in new[] { Key, Key, "not quoted" })
        {
            using var response = await PostAsync(app, key);
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }

        Assert.Equal(3, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted);
    }

    [Theory]
    [InlineData(DeferWhen.Preferred)]
    [InlineData(DeferWhen.Rejected)]
    public async Task Key_IgnoredInALiveMode_StoresNothing(DeferWhen when)
    {
        await using var app = await StartAsync(when: when, use: IdempotencyKeyUse.Ignored);

        using var first = await PostAsync(app, Key);
        using var second = await PostAsync(app, Key);

        Assert.Equal("run 1", await first.Content.ReadAsStringAsync(Token));
        Assert.Equal("run 2", await second.Content.ReadAsStringAsync(Token));
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }

    [Fact]
    public async Task Key_OfARequestThatCouldNotBeBound_IsFree()
    {
        await using var app = await DeferredApp.StartAsync("Queues:posts:Workers=1", app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/posts", (Post post) => post.Text).WithQueue("posts").Defer();
        });

        using var broken = await PostAsync(app, Key, "/posts", content: new StringContent("{", Encoding.UTF8, "application/json"));
        using var corrected = await PostAsync(app, Key, "/posts", content: new StringContent("""{"text":"a"}""", Encoding.UTF8, "application/json"));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Accepted), (broken.StatusCode, corrected.StatusCode));
    }

    [Fact]
    public async Task Repetition_OfAFullQueue_IsTheSameJob()
    {
        await using var app = await StartAsync("Queues:posts:Deferred:MaxWaiting=1 Queues:posts:Deferred:Run=false");
        using var first = await PostAsync(app, Key);

        using var again = await PostAsync(app, Key);
        using var refused = await PostAsync(app, OtherKey);

        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    [Fact]
    public async Task Repetitions_AtOnce_AreOneJobAndFailNoOther()
    {
        using var release = new ManualResetEventSlim();
        GroupingStore? store = null;
        await using var app = await StartAsync(wrap: inner => store = new GroupingStore(inner, release));
        using var first = await HoldAsync(app, store!);

        var same = Enumerable.Range(0, 20).Select(_ => PostAsync(app, Key)).ToList();
        var others = Enumerable.Range(0, 20).Select(_ => PostAsync(app, $"\"{Guid.NewGuid()}\"")).ToList();
        var reused = PostAsync(app, Key, body: "other");
        await Eventually.TrueAsync(() => Volatile.Read(ref _came) == 42);
        release.Set();
        var locations = (await Task.WhenAll(same)).Where(response => response.StatusCode == HttpStatusCode.Accepted)
            .Select(response => response.Headers.Location).ToList();
        var ofOthers = (await Task.WhenAll(others)).Select(response => response.Headers.Location).Distinct().ToList();
        using var one = await reused;
        await app.RunAllAsync();

        // Either payload may come first. Then the other one is refused.
        var isRefused = one.StatusCode == HttpStatusCode.UnprocessableEntity;
        Assert.Equal(isRefused ? 20 : 0, locations.Count);
        Assert.Equal(isRefused ? 1 : 0, locations.Distinct().Count());
        Assert.Equal(20, ofOthers.Count);
        Assert.True(store!.LargestGroup > 20);
        Assert.Equal((22, 22), (_ran, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted));
    }

    [Fact]
    public async Task Repetitions_OnTwoNodes_AreOneJob()
    {
        var store = new InMemoryJobStore();
        await using var one = await StartAsync(store: store);
        await using var two = await StartAsync(store: store);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => PostAsync(i % 2 == 0 ? one : two, Key)));
        await one.RunAllAsync();
        await two.RunAllAsync();

        Assert.Single(answers.Select(answer => answer.Headers.Location).Distinct());
        Assert.Equal((1, 1), (_ran, Assert.Single(await one.Jobs.ReadQueuesAsync()).Accepted));
    }

    [Fact]
    public async Task Key_LivesAsLongAsTheJob()
    {
        await using var app = await StartAsync("Queues:posts:Deferred:Retention=00:10:00");
        using var first = await PostAsync(app, Key);
        await app.RunAllAsync();

        app.Clock.Advance(TimeSpan.FromMinutes(9));
        await app.RunAllAsync();
        using var before = await PostAsync(app, Key);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        await app.RunAllAsync();
        await app.RunAllAsync();
        using var after = await PostAsync(app, Key);

        Assert.Equal(first.Headers.Location, before.Headers.Location);
        Assert.NotEqual(first.Headers.Location, after.Headers.Location);
    }

    [Fact]
    public async Task Preferred_Repetition_GetsTheSameOutcome()
    {
        await using var app = await StartAsync(when: DeferWhen.Preferred, isGated: true);

        var first = PostAsync(app, Key, prefer: "respond-async, wait=20");
        await Eventually.TrueAsync(() => Volatile.Read(ref _ran) == 1);
        var second = PostAsync(app, Key, prefer: "respond-async, wait=20");
        await Eventually.TrueAsync(() => app.App.Services.GetRequiredService<DeferredJobs>().Outcomes.Count == 2);
        _exit.Release();
        var whileItRan = new[] { await first, await second };
        using var later = await PostAsync(app, Key, prefer: "respond-async, wait=20");

        foreach (var answer in (HttpResponseMessage[])[.. whileItRan, later])
            Assert.Equal("run 1", await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal(1, _ran);
    }

    /// <summary>An intake that knows no keys accepts each repetition. The store finds them later.</summary>
    [Fact]
    public async Task Preferred_RepetitionThatTheStoreFindsLater_GetsTheSameOutcome()
    {
        await using var app = await StartAsync(when: DeferWhen.Preferred, wrap: inner => new ImportingStore(inner));
        using var first = await PostAsync(app, Key, prefer: "respond-async, wait=20");

        var waiting = PostAsync(app, Key, prefer: "respond-async, wait=20");
        await Eventually.TrueAsync(() => app.App.Services.GetRequiredService<DeferredJobs>().Outcomes.Count == 1);
        await Eventually.TrueAsync(() =>
        {
            app.Clock.Advance(Outcomes.LookUpInterval / 10);
            return waiting.IsCompleted;
        });
        using var second = await waiting;

        Assert.Equal("run 1", await first.Content.ReadAsStringAsync(Token));
        Assert.Equal("run 1", await second.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData(DeferWhen.Preferred)]
    [InlineData(DeferWhen.Rejected)]
    public async Task LiveMode_WithAKey_IsStoredAndGivesTheRealAnswer(DeferWhen when)
    {
        await using var app = await StartAsync(when: when);

        using var first = await PostAsync(app, Key);
        using var second = await PostAsync(app, Key);
        using var live = await PostAsync(app, key: null);

        Assert.Equal("run 1", await first.Content.ReadAsStringAsync(Token));
        Assert.Equal("run 1", await second.Content.ReadAsStringAsync(Token));
        Assert.Equal("run 2", await live.Content.ReadAsStringAsync(Token));
        Assert.Equal(when == DeferWhen.Preferred ? ["Prefer"] : [], first.Headers.Vary);
        Assert.Equal(1, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted);
    }

    [Theory]
    [InlineData(DeferWhen.Preferred, "wait=10", 10, "wait=10")]
    [InlineData(DeferWhen.Preferred, null, 30, null)]
    [InlineData(DeferWhen.Rejected, null, 30, null)]
    [InlineData(DeferWhen.Rejected, "wait=10", 30, null)]
    public async Task LiveMode_WithAKeyAndASlowHandler_IsAcceptedAfterTheWait(DeferWhen when, string? prefer, int seconds, string? applied)
    {
        await using var app = await StartAsync(when: when, isGated: true);

        var waiting = PostAsync(app, Key, prefer: prefer);
        await Eventually.TrueAsync(() => Volatile.Read(ref _ran) == 1);
        app.Clock.Advance(TimeSpan.FromSeconds(seconds));
        using var response = await waiting;
        _exit.Release();

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(applied, response.Headers.TryGetValues("Preference-Applied", out var values) ? Assert.Single(values) : null);
    }

    [Theory]
    [InlineData(DeferWhen.Preferred, "wait=10", 10)]
    [InlineData(DeferWhen.Preferred, null, 30)]
    [InlineData(DeferWhen.Rejected, null, 30)]
    [InlineData(DeferWhen.Rejected, "respond-async, wait=10", 30)]
    public async Task LiveMode_WithAKeyAndAHandlerInTime_GivesTheRealAnswer(DeferWhen when, string? prefer, int seconds)
    {
        await using var app = await StartAsync(when: when, isGated: true);

        var waiting = PostAsync(app, Key, prefer: prefer);
        await Eventually.TrueAsync(() => Volatile.Read(ref _ran) == 1);
        app.Clock.Advance(TimeSpan.FromSeconds(seconds - 0.1));
        _exit.Release();
        using var response = await waiting;

        Assert.Equal("run 1", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Rejected_WithAKeyAndAQueueThatDrains_StaysRefused()
    {
        await using var app = await StartAsync(when: DeferWhen.Rejected);
        await app.Queue("posts").DrainAsync(Token);

        using var response = await PostAsync(app, Key);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("\"draining\"", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }

    [Fact]
    public async Task Store_HasHashesOnly()
    {
        var jobs = new List<AcceptedJob>();
        await using var app = await StartAsync(wrap: inner => new RecordingStore(inner, jobs));
        using var first = await PostAsync(app, Key);
        using var otherKey = await PostAsync(app, OtherKey);

        Assert.All(jobs, job => Assert.Equal((32, 32), (job.IdempotencyKey!.Length, job.Fingerprint!.Length)));
        // With the body alone, whoever has the store could find a short body by trying.
        Assert.NotEqual(jobs[0].Fingerprint!, jobs[1].Fingerprint!);
    }

    /// <summary>Lets one job hold up the store, so that those behind it come in one group.</summary>
    private static async Task<IDisposable> HoldAsync(DeferredApp app, GroupingStore store)
    {
        var holding = PostAsync(app, key: null);
        await Eventually.TrueAsync(() => store.IsHeld);
        return holding;
    }

    private Task<DeferredApp> StartAsync(
        string settings = "Queues:posts:Workers=2",
        DeferWhen when = DeferWhen.Always,
        IdempotencyKeyUse use = IdempotencyKeyUse.Optional,
        bool isGated = false,
        InMemoryJobStore? store = null,
        Func<IJobStore, IJobStore>? wrap = null)
    {
        _isGated = isGated;
        return DeferredApp.StartAsync(settings, Map, store: store, wrap: wrap);

        void Map(WebApplication app)
        {
            app.Use((context, next) =>
            {
                if (context.Request.Headers["X-User"].ToString() is { Length: > 0 } user)
                    context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user)], "Test"));
                return next(context);
            });
            app.UsePathBase("/base").UseRouting().UseQueuedAdmission();
            app.MapPost("/posts/{id?}", (Delegate)RunAsync).WithQueue("posts").Defer(when, Configure);
            app.MapPut("/posts/{id?}", (Delegate)RunAsync).WithQueue("posts").Defer(when, Configure);
            app.MapPost("/notes", (Delegate)RunAsync).WithQueue("posts").Defer(when, Configure);
        }

        void Configure(DeferOptions options)
        {
            options.IdempotencyKey = use;
            options.SequentialBy = _ =>
            {
                Interlocked.Increment(ref _came);
                return null;
            };
        }
    }

    private static async Task<HttpResponseMessage> PostAsync(
        DeferredApp app,
        string? key,
        string path = "/posts",
        string body = "text",
        string? user = null,
        string? prefer = null,
        HttpContent? content = null,
        HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path)
        {
            Content = content ?? new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("text/plain") } },
        };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (user is not null)
            request.Headers.Add("X-User", user);
        if (prefer is not null)
            request.Headers.TryAddWithoutValidation("Prefer", prefer);
        return await app.SendAsync(request);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string title)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal((title, (int)status), (body.GetProperty("title").GetString(), body.GetProperty("status").GetInt32()));
        Assert.False(string.IsNullOrEmpty(body.GetProperty("detail").GetString()));
    }

    private async Task<string> RunAsync(HttpContext context)
    {
        var run = Interlocked.Increment(ref _ran);
        if (_isGated)
            await _exit.WaitAsync(context.RequestAborted);
        return $"run {run}";
    }

    private sealed record Post(string Text);

    /// <summary>Holds the first group until it is released.</summary>
    private sealed class GroupingStore(IJobStore inner, ManualResetEventSlim release) : StoreDouble(inner)
    {
        public bool IsHeld { get; private set; }

        public int LargestGroup { get; private set; }

        public override IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs)
        {
            IsHeld = true;
            release.Wait(TimeSpan.FromSeconds(30));
            LargestGroup = Math.Max(LargestGroup, jobs.Count);
            return base.Accept(jobs);
        }
    }

    /// <summary>Accepts jobs as an intake in front of the store, which takes them at once.</summary>
    private sealed class ImportingStore(IJobStore inner) : StoreDouble(inner)
    {
        private readonly IJobStore _inner = inner;
        private long _position = -1;

        public override IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs)
        {
            var after = _position;
            var imported = jobs.Select(job => new ImportedJob(++_position, job)).ToArray();
            _inner.Import(new JobImport { Source = "log", After = after, Last = _position, Jobs = imported });
            return [.. jobs.Select(job => new JobAcceptance(JobAcceptanceStatus.Accepted, job.Id))];
        }
    }

    private sealed class RecordingStore(IJobStore inner, List<AcceptedJob> accepted) : StoreDouble(inner)
    {
        public override IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs)
        {
            accepted.AddRange(jobs);
            return base.Accept(jobs);
        }
    }
}
