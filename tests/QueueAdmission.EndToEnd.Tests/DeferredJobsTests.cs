using QueueAdmission.Doubles;
using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

/// <summary>Tests how the dashboard shows deferred jobs.</summary>
public class DeferredJobsTests(Chromium browser)
{
    private readonly FixedDeferredJobs _jobs = new();

    [ChromiumFact]
    public async Task DeadLetters_ByOperator_AreReadRedrivenAndDiscardedAfterAQuestion()
    {
        FillStore();
        await using var server = await StartAsync();
        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.OpenAsync(DashboardServer.Operator);
        await queues.ShowsAsync("#verdict", "checkout has 3 dead letters.");
        await queues.ShowsAsync("[data-queue=checkout] [data-deferred=waiting]", "1,204");
        await queues.ShowsAsync("[data-queue=checkout] [data-deferred=oldest]", "12 min");
        await queues.ShowsAsync("[data-queue=checkout] [data-deferred=rate]", "12/s");
        await queues.ShowsAsync(".dead-letters summary", "3 dead letters");

        await queues.Page.ClickAsync(".dead-letters summary");
        await queues.ShowsAsync(".letters", "no row for the article");
        await Screenshots.TakeDeferredAsync(queues.Page);

        // The first press asks for confirmation. The answer that changes nothing has the focus.
        var (first, second) = (_jobs.Letters[0].Id, _jobs.Letters[1].Id);
        await queues.Page.ClickAsync(".letters li:first-child .letter-buttons > :last-child");
        await queues.Page.PressAsync("Enter", 13, "\r");
        await queues.ShowsAsync(".letters li:first-child .letter-buttons", "Discard");
        Assert.Empty(_jobs.Changes);

        await queues.Page.ClickAsync(".letters li:first-child .letter-buttons > :last-child");
        await queues.Page.ClickAsync(".letters li:first-child .yes");
        await queues.ShowsAsync(".dead-letters .message", "Discarded.");
        await queues.Page.ClickAsync(".letters li:first-child .letter-buttons > :first-child");
        await queues.ShowsAsync(".dead-letters .message", "It waits again");

        Assert.Equal([("discard", first), ("redrive", second)], _jobs.Changes);
        Assert.Equal(
            1, (await queues.Page.EvaluateAsync("document.querySelectorAll('.letters li').length")).GetInt32());
        // The row of the pressed button has been removed. The focus is at the next dead letter.
        Assert.Equal("Re-drive", (await queues.Page.EvaluateAsync("document.activeElement.innerText")).GetString());
        Assert.Empty(queues.Page.Complaints);
    }

    [ChromiumFact]
    public async Task DeadLetters_ForWatcher_HaveNoButtons()
    {
        FillStore();
        await using var server = await StartAsync();
        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.OpenAsync(DashboardServer.Watcher);
        await queues.ShowsAsync(".dead-letters summary", "3 dead letters");

        await queues.Page.ClickAsync(".dead-letters summary");

        await queues.ShowsAsync(".letters", "POST /orders");
        Assert.DoesNotContain("no row", await queues.TextAsync("body"));
        Assert.Equal(
            0, (await queues.Page.EvaluateAsync("document.querySelectorAll('.letters button').length")).GetInt32());
    }

    [ChromiumFact]
    public async Task Store_GoesAwayAndComesBack_IsSaidWithoutALook()
    {
        _jobs.Queues.Add(FixedDeferredJobs.Queue("checkout"));
        await using var server = await StartAsync();
        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.OpenAsync(DashboardServer.Watcher);
        await queues.ShowsAsync(".deferred", "waiting");
        Assert.True(await IsHiddenAsync(queues));

        _jobs.Outage = new DeferredJobsOutage(
            FixedDeferredJobs.Posted, JobStoreProblem.Unreachable, "The file is locked.");
        await queues.ShowsAsync(".deferred .notice", "(unreachable): The file is locked.");

        _jobs.Outage = null;
        await server.UntilAsync(() => IsHiddenAsync(queues), "the store is back on the page");
    }

    [ChromiumFact]
    public async Task Page_NoDeferredJobs_DoesNotMentionThem()
    {
        await using var server = await StartAsync();
        var queues = new QueuesPage(server, await browser.OpenPageAsync());

        await queues.OpenAsync(DashboardServer.Watcher);

        Assert.DoesNotContain("Deferred", await queues.TextAsync("body"));
    }

    private static async Task<bool> IsHiddenAsync(QueuesPage queues) =>
        (await queues.Page.EvaluateAsync("document.querySelector('.deferred .notice').hidden")).GetBoolean();

    private void FillStore()
    {
        _jobs.Queues.Add(FixedDeferredJobs.Queue("checkout", waiting: 1_204, dead: 3));
        _jobs.AddLetter("InvalidOperationException: no row for the article", "POST /orders");
        _jobs.AddLetter("status 502", "POST /orders");
        _jobs.AddLetter("timeout", "POST /orders");
    }

    private Task<DashboardServer> StartAsync() => DashboardServer.StartAsync(
        dashboard => dashboard.RequireAuthorization("on-call").AllowSteering("operators"), deferred: _jobs);
}
