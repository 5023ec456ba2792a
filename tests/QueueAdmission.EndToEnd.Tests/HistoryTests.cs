using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

/// <summary>Tests what the dashboard shows about the minutes before it was opened.</summary>
public class HistoryTests(Chromium browser)
{
    [ChromiumFact]
    public async Task Page_OpenedAfterARush_ShowsItAndNamesTheRefusals()
    {
        await using var server = await DashboardServer.StartAsync(
            dashboard => dashboard.RequireAuthorization("on-call"));
        var rush = Enumerable.Range(0, 100).Select(_ => server.Client.PostAsync("/orders", null)).ToList();
        await server.UntilAsync(
            () => Task.FromResult(server.Checkout.GetSnapshot() is { Running: 4, Waiting: 60, Rejected: 36 }),
            "the queue is full");
        server.LetOut(64);
        await Task.WhenAll(rush);
        await server.UntilAsync(
            () => Task.FromResult(server.Checkout.GetSnapshot() is { Ran: 64, Running: 0 }), "all have ended");
        server.Clock.Advance(TimeSpan.FromSeconds(2));

        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.OpenAsync(DashboardServer.Watcher);

        await queues.ShowsAsync("#verdict", "No job waits now. checkout: refused in the last minute: 36 (queue full).");
        var chart = await queues.Page.EvaluateAsync("document.querySelector('#checkout .chart svg').ariaLabel");
        Assert.Equal(
            "In the last 5 minutes 64 ran, 36 were refused, 0 waited too long, 0 left.", chart.GetString());

        server.Clock.Advance(TimeSpan.FromMinutes(2));
        await queues.ShowsAsync("#verdict", "calm");
        Assert.Empty(queues.Page.Complaints);
    }

    [ChromiumFact]
    public async Task Page_PausedQueueIsFull_SaysBoth()
    {
        await using var server = await DashboardServer.StartAsync(
            dashboard => dashboard.RequireAuthorization("on-call"));
        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.OpenAsync(DashboardServer.Watcher);
        server.Checkout.Pause();
        var rush = Enumerable.Range(0, 70).Select(_ => server.Client.PostAsync("/orders", null)).ToList();
        await server.UntilAsync(
            () => Task.FromResult(server.Checkout.GetSnapshot() is { Waiting: 60, Rejected: 10 }), "the queue is full");

        await queues.ShowsAsync("#verdict", "checkout is paused and full: 60 wait");
        await queues.ShowsAsync("#verdict", "Refused in the last minute: 10 (queue full).");
        await queues.ShowsAsync("#checkout .badge", "paused and full");

        server.Checkout.Resume();
        server.LetOut(60);
        await Task.WhenAll(rush);
    }
}
