using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission.Dashboard;

/// <summary>Verifies what the dashboard reports about deferred jobs.</summary>
public class DeferredReportTests
{
    private readonly FixedDeferredJobs _jobs = new();

    [Fact]
    public async Task All_QueueWithDeferredJobs_HasItsFigures()
    {
        await using var app = await StartAsync();
        _jobs.Queues.Add(FixedDeferredJobs.Queue());

        var deferred = (await app.AskAsync("/queues", user: "bob")).Json.GetProperty("deferred");

        Assert.False(deferred.TryGetProperty("outage", out _));
        Assert.Equal(
            """[{"queue":"line","accepted":52,"waiting":3,"running":2,"done":40,"dead":1,"cancelled":1,"discarded":5"""
            + ""","ratePerSecond":12.3,"oldestSince":"2026-11-27T03:00:00+00:00"}]""",
            deferred.GetProperty("queues").GetRawText());
    }

    [Fact]
    public async Task All_NoJobWasEverDeferred_HasNoSuchPart()
    {
        await using var app = await StartAsync();
        _jobs.Queues.Add(new DeferredQueue
        {
            Queue = "line",
            Accepted = 0,
            Waiting = 0,
            Running = 0,
            Done = 0,
            Dead = 0,
            Cancelled = 0,
            Discarded = 0,
        });

        Assert.False((await app.AskAsync("/queues", user: "bob")).Json.TryGetProperty("deferred", out _));
    }

    [Theory]
    [InlineData(JobStoreProblem.Unreachable, "unreachable")]
    [InlineData(JobStoreProblem.AccessDenied, "access_denied")]
    [InlineData(JobStoreProblem.Unusable, "unusable")]
    [InlineData(JobStoreProblem.Full, "full")]
    public async Task All_StoreIsAway_SaysSinceWhen(JobStoreProblem problem, string name)
    {
        await using var app = await StartAsync();
        _jobs.Outage = new DeferredJobsOutage(FixedDeferredJobs.Posted, problem, "disk full");

        var outage = (await app.AskAsync("/queues", user: "bob")).Json.GetProperty("deferred").GetProperty("outage");

        Assert.Equal(
            (name, "disk full", FixedDeferredJobs.Posted),
            (
                outage.GetProperty("problem").GetString(),
                outage.GetProperty("message").GetString(),
                outage.GetProperty("since").GetDateTimeOffset()));
    }

    [Fact]
    public async Task Frame_DeferredJobsChange_HasThemAndNoQueue()
    {
        await using var app = await StartAsync();
        _jobs.Queues.Add(FixedDeferredJobs.Queue());
        var reporter = new QueueReporter(app.Registry, null, app.Clock, _jobs);
        var first = LiveFrame.Draw(reporter.DescribeLive(), 1, null);
        var same = LiveFrame.Draw(reporter.DescribeLive(), 2, first);
        Assert.False(same.HasChanged);

        _jobs.Queues[0] = FixedDeferredJobs.Queue(waiting: 2);
        var next = LiveFrame.Draw(reporter.DescribeLive(), 3, same);

        Assert.True(next.HasChanged);
        var message = JsonDocument.Parse(next.MessageSince(2)).RootElement;
        Assert.Equal(2, message.GetProperty("deferred").GetProperty("queues")[0].GetProperty("waiting").GetInt32());
        Assert.Empty(message.GetProperty("queues").EnumerateArray());
        Assert.False(
            JsonDocument.Parse(LiveFrame.Draw(reporter.DescribeLive(), 4, next).MessageSince(3))
                .RootElement.TryGetProperty("deferred", out _));
    }

    [Fact]
    public async Task DeadLetters_ForOperator_HaveTheirIdentityAndTheWholeReason()
    {
        await using var app = await StartAsync();
        var letter = _jobs.AddLetter();

        var answer = await app.AskAsync("/queues/~/dead", user: "alice steer");

        Assert.Equal(
            $$"""{"letters":[{"id":"{{letter.Id:N}}","queue":"line","route":"POST /posts","attempts":5"""
            + ""","reason":"InvalidOperationException: no row for """
            + """bob@example.com","acceptedAt":"2026-11-27T03:00:00+00:00","diedAt":"2026-11-27T03:07:00+00:00"}]}""",
            answer.Body);
    }

    /// <remarks>
    /// The id of an anonymous caller's job gives access to its result. The message of an exception may contain data
    /// that a client has sent.
    /// </remarks>
    [Theory]
    [InlineData("InvalidOperationException: no row for bob@example.com", "InvalidOperationException")]
    [InlineData("status 500", "status 500")]
    [InlineData("endpoint_gone", "endpoint_gone")]
    public async Task DeadLetters_ForWatcher_HaveNeitherIdentityNorMessage(string reason, string shown)
    {
        await using var app = await StartAsync();
        var letter = _jobs.AddLetter(reason);

        var answer = await app.AskAsync("/queues/~/dead", user: "bob");

        var one = Assert.Single(answer.Json.GetProperty("letters").EnumerateArray());
        Assert.Equal(shown, one.GetProperty("reason").GetString());
        Assert.Equal(JsonValueKind.Null, one.GetProperty("id").ValueKind);
        Assert.DoesNotContain(letter.Id.ToString("N"), answer.Body, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("body", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?queue=line&max=2", 2)]
    [InlineData("?queue=other", 0)]
    [InlineData("", 3)]
    public async Task DeadLetters_OfOneQueueOrAFew_AreTheWanted(string query, int count)
    {
        await using var app = await StartAsync();
        for (var i = 0; i < 3; i++)
        {
            _jobs.AddLetter();
        }

        var answer = await app.AskAsync($"/queues/~/dead{query}", user: "bob");

        Assert.Equal(count, answer.Json.GetProperty("letters").GetArrayLength());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("99999999999")]
    public async Task DeadLetters_BadNumber_SaysWhatIsAllowed(string max)
    {
        await using var app = await StartAsync();

        var answer = await app.AskAsync($"/queues/~/dead?max={max}", user: "bob");

        Assert.Equal(400, answer.Status);
        Assert.Contains("1 to 1,000", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeadLetters_StoreIsAway_SaysWhy()
    {
        await using var app = await StartAsync();
        _jobs.Away = new JobStoreException(JobStoreProblem.Unreachable, "the file is locked");

        var answer = await app.AskAsync("/queues/~/dead", user: "bob");

        Assert.Equal((503, "application/problem+json"), (answer.Status, answer.Headers.ContentType.ToString()));
        Assert.Contains("the file is locked", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeadLetters_ApplicationWithoutDeferredJobs_HasNoSuchAddress()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.RequireAuthorization("look").AllowSteering("steer"));
        var path = $"/queues/~/dead/{Guid.NewGuid():N}";

        Assert.Equal(404, (await app.AskAsync("/queues/~/dead", user: "alice steer")).Status);
        Assert.Equal(404, (await app.SteerAsync(path, body: "", method: "DELETE")).Status);
        Assert.Equal(404, (await app.SteerAsync($"{path}/redrive", body: "", method: "POST")).Status);
    }

    private Task<DashboardApp> StartAsync() => DashboardApp.StartAsync(
        dashboard => dashboard.RequireAuthorization("look").AllowSteering("steer"),
        services: services => services.AddSingleton<IDeferredJobs>(_jobs));
}
