using System.Globalization;
using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

/// <summary>Tests an incident of 90 seconds in fast motion: a calm shop, a rush, and then a slow database.</summary>
public class StoryTests(Chromium browser)
{
    [ChromiumFact]
    public async Task Charts_OverCalmRushAndSlowness_AddUpToTheBooks()
    {
        await using var server = await DashboardServer.StartAsync(
            dashboard => dashboard.RequireAuthorization("on-call").AllowSteering("operators"));
        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.OpenAsync(DashboardServer.Operator);
        var requests = new List<Task>();
        requests.Add(server.Client.GetAsync("/reports/2026"));
        long came = 0, ran = 0;

        for (var second = 0; second < 90; second++)
        {
            var (coming, served) = second < 20 ? (3, 4) : second < 55 ? (10 + (second % 4), 5) : (6, second % 2);
            for (var i = 0; i < coming; i++)
            {
                requests.Add(
                    i % 4 == 0 ? server.Client.GetAsync(
                        $"/orders/{second}") : server.Client.PostAsync("/orders", null));
            }
            came += coming;
            await Patience.UntilAsync(
                () => Task.FromResult(server.Checkout.GetSnapshot().Arrived == came), "all have come");
            if (second is > 20 and < 24)
                came += await ComeAndLeaveAsync(server);
            var going = Math.Min(served, server.Inside);
            server.LetOut(going);
            ran += going;
            await Patience.UntilAsync(
                () => Task.FromResult(server.Checkout.GetSnapshot().Ran == ran), "they have gone");
            server.Clock.Advance(LiveFeed.Interval);
            // In fast motion a browser can miss a state, so the test waits until the page shows each second.
            var shown = came.ToString(CultureInfo.InvariantCulture);
            await Patience.UntilAsync(
                async () => await queues.TextAsync("#checkout [data-total=arrived]") == shown,
                $"the page shows that {shown} came");
            server.Clock.Advance(LiveFeed.Interval);
        }

        var filling = 65 - server.Checkout.GetSnapshot().Waiting;
        requests.AddRange(Enumerable.Range(0, filling).Select(_ => server.Client.PostAsync("/orders", null)));
        came += filling;
        await Patience.UntilAsync(
            () =>
                Task.FromResult(
                    server.Checkout.GetSnapshot() is var full && full.Arrived == came && full.Waiting == 60),
            "every place is taken");

        await queues.ShowsTheBooksOfAsync(server.Checkout);
        await queues.ShowsAsync("#verdict", "checkout is full: 60 wait");
        await Screenshots.TakeAsync(queues.Page);
        var books = server.Checkout.GetSnapshot();
        var late = books.RejectedByReason[RejectionReason.WaitTimeout];
        Assert.True(late > 0 && books.Abandoned > 0 && books.Ran > 0 && books.Rejected > late);
        Assert.Equal(
            string.Create(
                CultureInfo.InvariantCulture,
                $"In the last 5 minutes {books.Ran:N0} ran, {books.Rejected - late:N0} were refused, {late:N0} " +
                    $"waited too long, {books.Abandoned:N0} left."),
            (
                await queues.Page.EvaluateAsync(
                    "document.querySelector('#checkout .chart svg').getAttribute('aria-label')")).GetString());
        Assert.Empty(queues.Page.Complaints);
        await server.CloseAsync();
        await Task.WhenAll(requests);
    }

    /// <summary>Sends one more request. If it has to wait, its client leaves.</summary>
    private static async Task<int> ComeAndLeaveAsync(DashboardServer server)
    {
        var before = server.Checkout.GetSnapshot();
        using var patience = new CancellationTokenSource();
        var request = server.Client.PostAsync("/orders", null, patience.Token);
        await Patience.UntilAsync(
            () => Task.FromResult(server.Checkout.GetSnapshot().Arrived == before.Arrived + 1), "one more has come");
        if (server.Checkout.GetSnapshot().Waiting > before.Waiting)
        {
            await patience.CancelAsync();
            await Patience.UntilAsync(
                () => Task.FromResult(server.Checkout.GetSnapshot().Abandoned == before.Abandoned + 1), "it has left");
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        }
        return 1;
    }
}
