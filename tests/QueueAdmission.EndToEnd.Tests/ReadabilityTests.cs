using QueueAdmission.Doubles;
using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

/// <summary>Tests that the dashboard is readable and accessible in all its states.</summary>
public class ReadabilityTests(Chromium browser)
{
    [ChromiumTheory]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(390, false)]
    [InlineData(390, true)]
    public async Task Dashboard_InEachState_HasContrastAndFitsItsWidth(int width, bool dark)
    {
        var jobs = new FixedDeferredJobs();
        await using var server = await StartAsync(jobs);
        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.Page.LookAsync(width, 900, dark);

        await ForEachStateAsync(server, queues, jobs, async state =>
        {
            var faults = (await queues.Page.EvaluateAsync(Readability.Faults)).GetString();
            Assert.True(faults == "", $"{state}: {faults}");
        });
    }

    [ChromiumTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dashboard_InEachState_HasNothingThatAxeFinds(bool dark)
    {
        Assert.SkipWhen(
            Axe.Path is null,
            "There is no axe-core. Get it with: npm pack axe-core && tar xzf axe-core-*.tgz   "
            + "and set AXE to the path of package/axe.min.js");
        var jobs = new FixedDeferredJobs();
        await using var server = await StartAsync(jobs);
        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.Page.LookAsync(1280, 900, dark);

        await ForEachStateAsync(server, queues, jobs, async state =>
        {
            var faults = await Axe.FindAsync(queues.Page);
            Assert.True(faults == "", $"{state}: {faults}");
        });
    }

    private static Task<DashboardServer> StartAsync(FixedDeferredJobs jobs) => DashboardServer.StartAsync(
        dashboard => dashboard.RequireAuthorization("on-call").AllowSteering("operators"), deferred: jobs);

    /// <summary>
    /// Brings the page into each state in turn: calm, full, paused and full, refused recently, store unreachable.
    /// </summary>
    private static async Task ForEachStateAsync(
        DashboardServer server, QueuesPage queues, FixedDeferredJobs jobs, Func<string, Task> look)
    {
        await queues.OpenAsync(DashboardServer.Operator);
        await queues.ShowsAsync("#verdict", "calm");
        await look("calm");

        var rush = Enumerable.Range(0, 100).Select(_ => server.Client.PostAsync("/orders", null)).ToList();
        await queues.ShowsAsync("#verdict", "checkout is full");
        await look("full");

        await queues.Page.ClickAsync("#checkout .override-controls > button");
        await queues.ShowsAsync("#checkout .confirm", "Pause checkout");
        await look("asking");
        await queues.Page.ClickAsync("#checkout .yes");
        await queues.ShowsAsync("#verdict", "checkout is paused and full");
        await queues.ShowsAsync("#checkout [data-override=Paused]", "ends in");
        await look("paused and full");

        server.Checkout.Resume();
        server.LetOut(64);
        await Task.WhenAll(rush);
        await queues.ShowsAsync("#verdict", "No job waits now");
        await look("refused lately");

        jobs.Queues.Add(FixedDeferredJobs.Queue("checkout", waiting: 1_204, dead: 2));
        jobs.Outage = new DeferredJobsOutage(FixedDeferredJobs.Posted, JobStoreProblem.Full, "The disk is full.");
        jobs.AddLetter();
        jobs.AddLetter("status 502");
        await queues.ShowsAsync(".deferred .notice", "The disk is full.");
        await queues.Page.ClickAsync(".dead-letters summary");
        await queues.ShowsAsync(".letters", "status 502");
        await queues.Page.ClickAsync(".letters li:first-child .letter-buttons > :last-child");
        await queues.ShowsAsync(".letters .confirm", "Keep");
        await queues.Page.ClickAsync("#checkout details summary");
        await look("deferred jobs, store away, settings open");
    }
}
