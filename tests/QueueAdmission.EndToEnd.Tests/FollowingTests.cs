using System.Net;
using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

public class FollowingTests(Chromium browser)
{
    [ChromiumFact]
    public async Task Page_DuringRush_ShowsWhatTheBooksSay()
    {
        await using var server =
            await DashboardServer.StartAsync(dashboard => dashboard.RequireAuthorization("on-call"));
        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.OpenAsync(DashboardServer.Watcher);
        await queues.ShowsAsync("#verdict", "calm");

        var rush = Enumerable.Range(0, 100).Select(
            i =>
                i % 5 == 0 ? server.Client.GetAsync(
                    $"/orders/{i}?secret=sauce") : server.Client.PostAsync("/orders", null)).ToList();
        await server.UntilAsync(
            () => Task.FromResult(server.Checkout.GetSnapshot() is { Running: 4, Waiting: 60, Rejected: 36 }),
            "the queue is full");

        await queues.ShowsTheBooksOfAsync(server.Checkout);
        await queues.ShowsAsync("#verdict", "checkout is full: 60 wait");
        await queues.ShowsAsync("#checkout .badge", "full");
        await queues.ShowsAsync("#checkout .why", "All 4 workers busy, 60 of 60 places taken");
        Assert.Equal("checkout", await queues.TextAsync("#queues > :first-child h2"));
        Assert.DoesNotContain("sauce", await queues.TextAsync("body"));

        server.LetOut(20);
        await server.UntilAsync(
            () => Task.FromResult(server.Checkout.GetSnapshot() is { Ran: 20, Running: 4, Waiting: 40 }),
            "twenty had their turn");
        await queues.ShowsTheBooksOfAsync(server.Checkout);
        await queues.ShowsAsync("#checkout .badge", "waiting");
        // Jobs that started while a page was open are listed.
        Assert.Contains("/orders", await queues.TextAsync("#checkout .list:nth-child(2)"));

        server.LetOut(1_000);
        var answers = await Task.WhenAll(rush);
        await server.UntilAsync(
            () => Task.FromResult(server.Checkout.GetSnapshot() is { Running: 0, Waiting: 0 }), "all have ended");
        await queues.ShowsTheBooksOfAsync(server.Checkout);
        await queues.ShowsAsync("#verdict", "calm");
        Assert.Equal(
            (64, 36),
            (
                answers.Count(answer => answer.IsSuccessStatusCode),
                answers.Count(answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable)));
        Assert.Empty(queues.Page.Complaints);
    }

    [ChromiumFact]
    public async Task Page_LocallyWhileDeveloping_NeedsNothing()
    {
        await using var server = await DashboardServer.StartAsync(_ => { }, "Development");
        var queues = new QueuesPage(server, await browser.OpenPageAsync());

        await queues.OpenAsync();

        await queues.ShowsAsync("header", "This instance only");
        await queues.ShowsAsync("#steering-note", "Steering is off");
        Assert.Equal(
            "configuration_queue",
            (
                await queues.Page.EvaluateAsync(
                    "document.querySelector('#checkout [data-setting=Workers]').dataset.source")).GetString());
        Assert.Equal(
            "code",
            (
                await queues.Page.EvaluateAsync(
                    "document.querySelector('#reports [data-setting=Workers]').dataset.source")).GetString());
        Assert.Equal(
            "configuration_defaults",
            (
                await queues.Page.EvaluateAsync(
                    "document.querySelector('#reports [data-setting=MaxWait]').dataset.source")).GetString());
        Assert.Equal(
            "built_in",
            (
                await queues.Page.EvaluateAsync(
                    "document.querySelector('#reports [data-setting=Partitions]').dataset.source")).GetString());
        Assert.Empty(queues.Page.Complaints);
    }

    [ChromiumFact]
    public async Task Page_OnPhone_FitsItsWidth()
    {
        await using var server = await DashboardServer.StartAsync(
            dashboard => dashboard.RequireAuthorization("on-call").AllowSteering("operators"));
        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.Page.LookAsync(360, 800, dark: false);

        await queues.OpenAsync(DashboardServer.Operator);

        Assert.True(
            (await queues.Page.EvaluateAsync("document.documentElement.scrollWidth <= innerWidth")).GetBoolean());
    }
}
