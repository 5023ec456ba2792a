using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueueAdmission.Doubles;

namespace QueueAdmission.Dashboard;

/// <summary>Verifies which requests may re-drive and discard dead letters.</summary>
public class DeadLetterSteeringTests
{
    private readonly FixedDeferredJobs _jobs = new();

    public static TheoryData<string, string, string, int> Changes => new()
    {
        { "POST", "/redrive", "redrive", 83 },
        { "DELETE", "", "discard", 84 },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Change_ByOperator_ActsAndIsLoggedWithOperatorAndJob(
        string method, string path, string what, int eventId)
    {
        await using var app = await StartAsync();
        var letter = _jobs.AddLetter();

        var answer = await ChangeAsync(app, letter.Id, method, path);

        Assert.Equal((204, ""), (answer.Status, answer.Body));
        Assert.Equal([(what, letter.Id)], _jobs.Changes);
        var line = Assert.Single(
            app.Log.GetSnapshot(), line => line.Id.Id == eventId && line.Category == "QueueAdmission.Dashboard");
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains("alice", line.Message, StringComparison.Ordinal);
        Assert.Contains(letter.Id.ToString("N"), line.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Change_NoLongerADeadLetter_IsNotFoundAndNotLogged(
        string method, string path, string what, int eventId)
    {
        Assert.NotEmpty(what);
        await using var app = await StartAsync();
        var letter = _jobs.AddLetter();
        await ChangeAsync(app, letter.Id, "DELETE", "");

        var answer = await ChangeAsync(app, letter.Id, method, path);

        Assert.Equal((404, "application/problem+json"), (answer.Status, answer.Headers.ContentType.ToString()));
        Assert.Equal([("discard", letter.Id)], _jobs.Changes);
        Assert.Equal(
            eventId == 84 ? 1 : 0,
            app.Log.GetSnapshot().Count(line => line.Id.Id == eventId && line.Category == "QueueAdmission.Dashboard"));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Change_StoreIsAway_SaysWhyAndIsNotLogged(string method, string path, string what, int eventId)
    {
        Assert.NotEmpty(what);
        await using var app = await StartAsync();
        var letter = _jobs.AddLetter();
        _jobs.Away = new JobStoreException(JobStoreProblem.Unreachable, "the file is locked");

        var answer = await ChangeAsync(app, letter.Id, method, path);

        Assert.Equal(503, answer.Status);
        Assert.Contains("the file is locked", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(
            app.Log.GetSnapshot(), line => line.Id.Id == eventId && line.Category == "QueueAdmission.Dashboard");
    }

    [Theory]
    [InlineData("bob", null, 403)]
    [InlineData(null, null, 401)]
    [InlineData("alice steer", "cross-site", 403)]
    [InlineData("alice steer", "same-site", 403)]
    public async Task Change_WithoutPermissionOrByAPageOfOtherSite_IsRefused(string? user, string? site, int status)
    {
        await using var app = await StartAsync();
        var letter = _jobs.AddLetter();

        foreach (var (method, path) in (IEnumerable<(string, string)>)[("POST", "/redrive"), ("DELETE", "")])
        {
            var answer = await app.SteerAsync(
                $"/queues/~/dead/{letter.Id:N}{path}",
                body: "",
                user: user,
                method: method,
                change: context =>
                {
                    if (site is not null)
                    {
                        context.Request.Headers["Sec-Fetch-Site"] = site;
                    }
                });

            Assert.Equal(status, answer.Status);
        }
        Assert.Empty(_jobs.Changes);
    }

    [Fact]
    public async Task Change_WithoutProofHeader_IsRefused()
    {
        await using var app = await StartAsync();
        var letter = _jobs.AddLetter();

        var answer = await app.SteerAsync(
            $"/queues/~/dead/{letter.Id:N}",
            body: "",
            method: "DELETE",
            change: context => context.Request.Headers.Remove("X-Queued-Admission"));

        Assert.Equal(403, answer.Status);
        Assert.Empty(_jobs.Changes);
    }

    [Fact]
    public async Task Change_NoPolicyNamed_HasNoAddress()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.RequireAuthorization("look"),
            services: services => services.AddSingleton<IDeferredJobs>(_jobs));
        var letter = _jobs.AddLetter();

        Assert.Equal(404, (await ChangeAsync(app, letter.Id, "DELETE", "")).Status);
        Assert.Equal(404, (await ChangeAsync(app, letter.Id, "POST", "/redrive")).Status);
        Assert.Empty(_jobs.Changes);
    }

    [Fact]
    public async Task Change_DashboardIsHidden_HasNoAddress()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.AllowSteering("steer"),
            services: services => services.AddSingleton<IDeferredJobs>(_jobs));
        var letter = _jobs.AddLetter();

        Assert.Equal(404, (await app.AskAsync("/queues/~/dead", user: "alice steer")).Status);
        Assert.Equal(404, (await ChangeAsync(app, letter.Id, "DELETE", "")).Status);
        Assert.Equal(404, (await ChangeAsync(app, letter.Id, "GET", "/redrive")).Status);
        Assert.Empty(_jobs.Changes);
    }

    [Theory]
    [InlineData("GET", "/redrive", "POST")]
    [InlineData("DELETE", "/redrive", "POST")]
    [InlineData("GET", "", "DELETE")]
    [InlineData("POST", "", "DELETE")]
    public async Task Change_ByOtherMethod_ChangesNothing(string method, string path, string allowed)
    {
        await using var app = await StartAsync();
        var letter = _jobs.AddLetter();

        var answer = await ChangeAsync(app, letter.Id, method, path);

        Assert.Equal((405, allowed), (answer.Status, answer.Headers.Allow.ToString()));
        Assert.Empty(_jobs.Changes);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("<script>")]
    public async Task Change_NoIdentity_IsNotFoundAndNotRepeated(string id)
    {
        await using var app = await StartAsync();

        var answer = await app.SteerAsync($"/queues/~/dead/{id}", body: "", method: "DELETE");

        Assert.Equal(404, answer.Status);
        Assert.DoesNotContain("script", answer.Body, StringComparison.Ordinal);
    }

    private static Task<DashboardApp.Answer> ChangeAsync(DashboardApp app, Guid id, string method, string path) =>
        app.SteerAsync($"/queues/~/dead/{id:N}{path}", body: "", method: method);

    private Task<DashboardApp> StartAsync() => DashboardApp.StartAsync(
        dashboard => dashboard.RequireAuthorization("look").AllowSteering("steer"),
        services: services => services.AddSingleton<IDeferredJobs>(_jobs));
}
