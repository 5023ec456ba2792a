using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;
using static QueueAdmission.Deferred.Doubles.KeyedPosts;

namespace QueueAdmission.Deferred.Accepting;

/// <summary>
/// Verifies which idempotency keys are accepted, and when two requests have the same key and the same payload.
/// </summary>
public sealed class IdempotencyKeyTests
{
    private readonly KeyedPosts _posts = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_WithoutOrWithOtherKeys_AreNew()
    {
        await using var app = await _posts.StartAsync();

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
        await using var app = await _posts.StartAsync();
        using var first = await PostAsync(app, Key, "/posts/1", "text");

        using var reused = await PostAsync(app, Key, path, body);
        using var again = await PostAsync(app, Key, "/posts/1", "text");

        await AssertProblemAsync(reused, HttpStatusCode.UnprocessableEntity, "Idempotency-Key is already used");
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(1, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted);
    }

    /// <summary>The parts of the requests are compared separately, and not as one sequence of bytes.</summary>
    [Fact]
    public async Task Key_UsedForTheSameBytesInOtherParts_IsUnprocessable()
    {
        await using var app = await _posts.StartAsync();
        using var first = await PostAsync(app, Key, "/posts/1%3Fx=1");

        using var reused = await PostAsync(app, Key, "/posts/1?x=1");

        Assert.Equal(
            (HttpStatusCode.Accepted, HttpStatusCode.UnprocessableEntity), (first.StatusCode, reused.StatusCode));
    }

    [Theory]
    [InlineData("Text/Plain")]
    [InlineData("text/plain; charset=utf-8")]
    public async Task ContentType_WrittenInAnotherWay_IsTheSamePayload(string type)
    {
        await using var app = await _posts.StartAsync();
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
        await using var app = await _posts.StartAsync();
        using var first = await PostAsync(app, Key, content: new StringContent("1", Encoding.UTF8, "text/plain"));

        using var reused = await PostAsync(app, Key, content: Json("1"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, reused.StatusCode);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("b", false)]
    public async Task Form_BuiltAgain_IsTheSamePayload(string value, bool isSame)
    {
        await using var app = await _posts.StartAsync();
        using var first = await PostAsync(
            app, Key, content: new MultipartFormDataContent("one") { { new StringContent("a"), "x" } });

        using var second = await PostAsync(
            app, Key, content: new MultipartFormDataContent("another") { { new StringContent(value), "x" } });

        Assert.Equal(isSame ? HttpStatusCode.Accepted : HttpStatusCode.UnprocessableEntity, second.StatusCode);
    }

    [Fact]
    public async Task Key_OfAnotherCallerOrRoute_IsAnotherKey()
    {
        await using var app = await _posts.StartAsync();

        using var ada = await PostAsync(app, Key, user: "ada");
        using var eve = await PostAsync(app, Key, user: "eve");
        using var anonymous = await PostAsync(app, Key);
        using var route = await PostAsync(app, Key, "/notes", user: "ada");
        using var again = await PostAsync(app, Key, user: "ada");

        var locations = new[] { ada, eve, anonymous, route }.Select(response => response.Headers.Location);
        Assert.Equal(4, locations.Distinct().Count());
        Assert.Equal(ada.Headers.Location, again.Headers.Location);
        Assert.Equal(4, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted);
    }

    [Fact]
    public async Task Key_OfAnotherMethod_IsAnotherKey()
    {
        await using var app = await _posts.StartAsync();

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
        await using var app = await _posts.StartAsync();

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
        await using var app = await _posts.StartAsync();

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
        await using var app = await _posts.StartAsync(when: when, use: IdempotencyKeyUse.Required);

        using var response = await PostAsync(app, key: null);
        await app.RunAllAsync();

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "Idempotency-Key is missing");
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
        Assert.Equal(0, _posts.Handler.Runs);
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
        await using var app = await _posts.StartAsync(use: IdempotencyKeyUse.Ignored);

        foreach (var key in new[] { Key, Key, "not quoted" })
        {
            using var response = await PostAsync(app, key);
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }

        Assert.Equal(3, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted);
    }

    [Fact]
    public async Task Key_OfARequestThatCouldNotBeBound_IsFree()
    {
        await using var app = await DeferredApp.StartAsync("Queues:posts:Workers=1", app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/posts", (Post post) => post.Text).WithQueue("posts").Defer();
        });

        using var broken = await PostAsync(app, Key, "/posts", content: Json("{"));
        using var corrected = await PostAsync(app, Key, "/posts", content: Json("""{"text":"a"}"""));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Accepted), (broken.StatusCode, corrected.StatusCode));
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private sealed record Post(string Text);
}
