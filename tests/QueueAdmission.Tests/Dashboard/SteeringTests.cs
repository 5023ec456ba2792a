using Microsoft.AspNetCore.Builder;

namespace QueueAdmission.Dashboard;

/// <summary>Verifies which requests may steer queues.</summary>
public class SteeringTests
{
    private static Task<DashboardApp> StartAsync() =>
        DashboardApp.StartAsync(dashboard => dashboard.RequireAuthorization("look").AllowSteering("steer"));

    [Fact]
    public async Task Set_ByOperator_ActsAndIsShownWithOperatorAndTime()
    {
        await using var app = await StartAsync();

        var answer = await app.SteerAsync(body: """{"value": 4, "minutes": 5}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal(4, app.Line.Queue.GetSnapshot().Workers);
        var shown = answer.Json.GetProperty("overrides")[0];
        Assert.Equal(
            ("Workers", "4", "1", "alice"),
            (
                shown.GetProperty("setting").GetString(),
                shown.GetProperty("value").GetString(),
                shown.GetProperty("underlying").GetString(),
                shown.GetProperty("by").GetString()));
        Assert.Equal(app.Clock.GetUtcNow(), shown.GetProperty("since").GetDateTimeOffset());
        Assert.Equal(app.Clock.GetUtcNow().AddMinutes(5), shown.GetProperty("until").GetDateTimeOffset());
        var workers = answer.Json.GetProperty("settings").EnumerateArray().Single(
            setting => setting.GetProperty("key").GetString() == "Workers");
        Assert.Equal(
            ("4", "override"), (workers.GetProperty("value").GetString(), workers.GetProperty("source").GetString()));
        var cap = Assert.Single(answer.Json.GetProperty("workerCaps").EnumerateArray());
        Assert.Equal(
            ("override", 4, "override"),
            (
                cap.GetProperty("name").GetString(),
                cap.GetProperty("workers").GetInt32(),
                cap.GetProperty("source").GetString()));
        Assert.Contains(
            app.Log.GetSnapshot(),
            line => line.Id.Id == 70 && line.Message.Contains("alice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Set_WithoutMinutes_HoldsForQuarterOfAnHour()
    {
        await using var app = await StartAsync();
        await app.SteerAsync();

        app.Clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        Assert.Equal(4, app.Line.Queue.GetSnapshot().Workers);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, app.Line.Queue.GetSnapshot().Workers);
    }

    [Fact]
    public async Task Undo_ByOperator_PutsBackAtOnce()
    {
        await using var app = await StartAsync();
        await app.SteerAsync();

        var answer = await app.SteerAsync(method: "DELETE", body: "");

        Assert.Equal(200, answer.Status);
        Assert.Equal(1, app.Line.Queue.GetSnapshot().Workers);
        Assert.Empty(answer.Json.GetProperty("overrides").EnumerateArray());
    }

    [Fact]
    public async Task Pause_ByOperator_PausesAndResumes()
    {
        await using var app = await StartAsync();

        Assert.Equal(200, (await app.SteerAsync("/queues/line/overrides/paused", """{"value": true}""")).Status);
        Assert.Equal(JobQueueState.Paused, app.Line.Queue.GetSnapshot().State);
        Assert.Equal(200, (await app.SteerAsync("/queues/line/overrides/Paused", """{"value": false}""")).Status);
        Assert.Equal(JobQueueState.Running, app.Line.Queue.GetSnapshot().State);
    }

    [Fact]
    public async Task DryRun_ByOperator_ActsForAWhile()
    {
        await using var app = await StartAsync();

        var answer = await app.SteerAsync("/queues/line/overrides/DryRun", """{"value": true, "minutes": 1}""");

        Assert.Equal(200, answer.Status);
        Assert.True(app.Line.Settings.Engine.DryRun);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(app.Line.Settings.Engine.DryRun);
    }

    [Fact]
    public async Task Steer_NoPolicyNamed_HasNoAddress()
    {
        await using var app = await DashboardApp.StartAsync(dashboard => dashboard.RequireAuthorization("look"));

        Assert.Equal(404, (await app.SteerAsync()).Status);
        var report = (await app.AskAsync("/queues", user: "alice steer")).Json;
        Assert.False(report.GetProperty("steering").GetProperty("enabled").GetBoolean());
        Assert.Equal(1, app.Line.Queue.GetSnapshot().Workers);
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task Steer_AnonymousLookingAndNoUserSignedIn_IsRefused(string environment)
    {
        await using var app =
            await DashboardApp.StartAsync(dashboard => dashboard.AllowAnonymous().AllowSteering("steer"), environment);

        Assert.Equal(401, (await app.SteerAsync(user: null)).Status);
        Assert.Equal(1, app.Line.Queue.GetSnapshot().Workers);
    }

    [Fact]
    public async Task Steer_PolicyThatAnonymousRequestsSatisfy_IsRefused()
    {
        await using var app =
            await DashboardApp.StartAsync(dashboard => dashboard.AllowAnonymous().AllowSteering("anybody"));

        Assert.Equal(403, (await app.SteerAsync(user: null)).Status);
        Assert.False((await app.AskAsync("/queues")).Json.GetProperty("steering").GetProperty("allowed").GetBoolean());
        Assert.Equal(1, app.Line.Queue.GetSnapshot().Workers);
    }

    [Fact]
    public async Task Steer_ByAUserWithoutPermissionToSteer_IsRefused()
    {
        await using var app = await StartAsync();

        Assert.Equal(403, (await app.SteerAsync(user: "bob")).Status);
        Assert.Equal(403, (await app.SteerAsync(user: "bob", method: "DELETE")).Status);
        var steering = (await app.AskAsync("/queues", user: "bob")).Json.GetProperty("steering");
        Assert.Equal(
            (true, false),
            (steering.GetProperty("enabled").GetBoolean(), steering.GetProperty("allowed").GetBoolean()));
        Assert.Equal(1, app.Line.Queue.GetSnapshot().Workers);
    }

    [Fact]
    public async Task Steer_MaySteerButNotLook_IsRefused()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard =>
                dashboard.RequireAuthorization(policy => policy.RequireUserName("bob")).AllowSteering("steer"));

        Assert.Equal(403, (await app.SteerAsync(user: "alice steer")).Status);
        Assert.Equal(1, app.Line.Queue.GetSnapshot().Workers);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "http://localhost:9999")]
    [InlineData("Origin", "http://localhost:5080.evil.example")]
    [InlineData("Origin", "null")]
    public async Task Steer_ByPageOfOtherSite_IsRefused(string header, string value)
    {
        await using var app = await StartAsync();

        var answer = await app.SteerAsync(change: context => context.Request.Headers[header] = value);

        Assert.Equal(403, answer.Status);
        Assert.Equal("application/problem+json", answer.Headers.ContentType);
        Assert.Equal(1, app.Line.Queue.GetSnapshot().Workers);
        Assert.Contains(app.Log.GetSnapshot(), line => line.Id.Id == 81);
    }

    [Fact]
    public async Task Steer_ForeignOriginThatSaysItIsOurs_IsRefused()
    {
        await using var app = await StartAsync();

        var answer = await app.SteerAsync(change: context =>
        {
            context.Request.Headers["Sec-Fetch-Site"] = "same-origin";
            context.Request.Headers.Origin = "https://evil.example";
        });

        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task Steer_ByOwnPage_IsAllowed()
    {
        await using var app = await StartAsync();

        var answer = await app.SteerAsync(change: context =>
        {
            context.Request.Headers["Sec-Fetch-Site"] = "same-origin";
            // The scheme differs, as behind a proxy that terminates TLS.
            context.Request.Headers.Origin = "https://localhost:5080";
        });

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Steer_WithoutProofHeader_IsRefused()
    {
        await using var app = await StartAsync();

        Assert.Equal(
            403,
            (await app.SteerAsync(change: context => context.Request.Headers.Remove("X-Queued-Admission"))).Status);
        Assert.Equal(1, app.Line.Queue.GetSnapshot().Workers);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("GET")]
    [InlineData("put")]
    [InlineData("PUT\u200b")]
    public async Task Steer_ByOtherMethod_ChangesNothing(string method)
    {
        await using var app = await StartAsync();

        var answer = await app.SteerAsync(
            method: method, change: context => context.Request.Headers["X-HTTP-Method-Override"] = "PUT");

        Assert.True(method == "put" || answer.Status == 405, $"{method} was answered with {answer.Status}.");
        Assert.True(method == "put" || app.Line.Queue.GetSnapshot().Workers == 1);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data")]
    [InlineData(null)]
    public async Task Set_BodyAsFormsSendIt_IsRefused(string? contentType)
    {
        await using var app = await StartAsync();

        Assert.Equal(415, (await app.SteerAsync(change: context => context.Request.ContentType = contentType)).Status);
        Assert.Equal(1, app.Line.Queue.GetSnapshot().Workers);
    }

    [Theory]
    [InlineData("""{"value": 0}""", 400, "1 to 100,000")]
    [InlineData("""{"value": 100001}""", 400, "1 to 100,000")]
    [InlineData("""{"value": 2.5}""", 400, "1 to 100,000")]
    [InlineData("""{"value": "many"}""", 400, "1 to 100,000")]
    [InlineData("""{"value": null}""", 400, "1 to 100,000")]
    [InlineData("""{"value": [4]}""", 400, "1 to 100,000")]
    [InlineData("""{"value": 4, "minutes": 0}""", 400, "1 to 1440")]
    [InlineData("""{"value": 4, "minutes": 1441}""", 400, "1 to 1440")]
    [InlineData("""{"minutes": 5}""", 400, "value")]
    [InlineData("[]", 400, "value")]
    [InlineData("{", 400, "value")]
    [InlineData("", 400, "value")]
    public async Task Set_BadBody_SaysWhatIsAllowed(string body, int status, string told)
    {
        await using var app = await StartAsync();

        var answer = await app.SteerAsync(body: body);

        Assert.Equal(status, answer.Status);
        Assert.Contains(told, answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, app.Line.Queue.GetSnapshot().Workers);
    }

    [Fact]
    public async Task Set_EndlessBody_IsNotReadToItsEnd()
    {
        await using var app = await StartAsync();

        Assert.Equal(413, (await app.SteerAsync(body: new string(' ', 1_000_000))).Status);
    }

    [Theory]
    [InlineData("/queues/line/overrides/MaxWait", "Workers")]
    [InlineData("/queues/line/overrides/<script>", "Workers")]
    public async Task Set_UnknownSetting_NamesThoseThereAreAndNotTheSent(string path, string told)
    {
        await using var app = await StartAsync();

        var answer = await app.SteerAsync(path);

        Assert.Equal(404, answer.Status);
        Assert.Contains(told, answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("script", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_UnknownQueue_IsNotFound()
    {
        await using var app = await StartAsync();

        Assert.Equal(404, (await app.SteerAsync("/queues/nosuch/overrides/Workers")).Status);
    }

    [Fact]
    public async Task Set_QueueThatDrains_IsConflict()
    {
        await using var app = await StartAsync();
        _ = app.Line.Queue.DrainAsync(TestContext.Current.CancellationToken);

        Assert.Equal(409, (await app.SteerAsync("/queues/line/overrides/Paused", """{"value": true}""")).Status);
        Assert.Equal(JobQueueState.Draining, app.Line.Queue.GetSnapshot().State);
    }

    [Fact]
    public async Task Set_OperatorWithHostileName_ForgesNoLogLineAndIsEscaped()
    {
        await using var app = await StartAsync();

        var answer = await app.SteerAsync(user: "<img/src=x>\u0085forged" + new string('x', 100) + " steer");

        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain("<img", answer.Body, StringComparison.Ordinal);
        var by = answer.Json.GetProperty("overrides")[0].GetProperty("by").GetString()!;
        Assert.True(by.Length == 64 && !by.Any(char.IsControl));
        Assert.DoesNotContain(app.Log.GetSnapshot(), line => line.Message.Any(letter => letter == '\u0085'));
    }

    [Fact]
    public async Task AllowSteering_NoSuchPolicy_StopsTheStart()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => DashboardApp.StartAsync(dashboard => dashboard.AllowSteering("nosuch")));

        Assert.Contains("nosuch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AllowSteering_Twice_StopsTheStart() =>
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => DashboardApp.StartAsync(dashboard => dashboard.AllowSteering("steer").AllowSteering("look")));
}
