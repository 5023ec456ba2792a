using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

public class SteeringTests(Chromium browser)
{
    private const string Focused =
        "(document.activeElement.closest('section')?.id ?? '') + ' ' + document.activeElement.innerText";

    [ChromiumFact]
    public async Task Override_SetOnPage_ActsIsShownAndExpires()
    {
        await using var server = await DashboardServer.StartAsync(
            dashboard => dashboard.RequireAuthorization("on-call").AllowSteering("operators"));
        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.OpenAsync(DashboardServer.Operator);

        await queues.Page.EvaluateAsync("document.querySelector('#checkout input').value = 9");
        await queues.Page.ClickAsync("#checkout .override-control button");

        await queues.ShowsAsync("#checkout [data-figure=workers]", "of 9");
        await queues.ShowsAsync("#checkout [data-override=Workers]", "Workers 9 instead of Workers 4, by alice");
        await queues.ShowsAsync("#checkout [data-override=Workers]", "ends in");
        Assert.Equal(9, server.Checkout.GetSnapshot().Workers);

        server.Clock.Advance(TimeSpan.FromMinutes(15));

        await queues.ShowsAsync("#checkout [data-figure=workers]", "of 4");
        Assert.Equal(4, server.Checkout.GetSnapshot().Workers);
        Assert.Equal("", await queues.TextAsync("#checkout [data-override=Workers]"));
        Assert.Empty(queues.Page.Complaints);
    }

    [ChromiumFact]
    public async Task Pause_ByKeyboardAlone_ActsAndIsUndoneWithOneKey()
    {
        await using var server = await DashboardServer.StartAsync(
            dashboard => dashboard.RequireAuthorization("on-call").AllowSteering("operators"));
        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.OpenAsync(DashboardServer.Operator);

        await TabToAsync(queues, "checkout", "Pause");
        await queues.Page.PressAsync("Enter", 13, "\r");
        // If a key is pressed twice, the second press chooses the answer that changes nothing. The focus then returns
        // to the button.
        await FocusedAsync(queues, "checkout Keep running");
        await queues.Page.PressAsync("Enter", 13, "\r");
        await FocusedAsync(queues, "checkout Pause");
        Assert.Equal(JobQueueState.Running, server.Checkout.GetSnapshot().State);

        await queues.Page.PressAsync("Enter", 13, "\r");
        await queues.ShowsAsync("#checkout .confirm", "Pause checkout for 15 minutes?");
        await queues.Page.PressAsync("Tab", 9);
        await FocusedAsync(queues, "checkout Pause");
        await queues.Page.PressAsync("Enter", 13, "\r");
        await queues.ShowsAsync("#checkout .badge", "paused");
        Assert.Equal(JobQueueState.Paused, server.Checkout.GetSnapshot().State);
        await Screenshots.TakeSteeringAsync(queues.Page);

        await TabToAsync(queues, "checkout", "Undo");
        await queues.Page.PressAsync("Enter", 13, "\r");
        await queues.ShowsAsync("#checkout .badge", "calm");
        Assert.Equal(JobQueueState.Running, server.Checkout.GetSnapshot().State);
        // The pressed button has been removed. The focus remains at the same queue.
        await FocusedAsync(queues, "checkout Pause");
    }

    [ChromiumFact]
    public async Task Controls_WithoutPermissionToSteer_AreHidden()
    {
        await using var server = await DashboardServer.StartAsync(
            dashboard => dashboard.RequireAuthorization("on-call").AllowSteering("operators"));
        var queues = new QueuesPage(server, await browser.OpenPageAsync());

        await queues.OpenAsync(DashboardServer.Watcher);

        await queues.ShowsAsync("#steering-note", "You may view the queues, but not steer them.");
        Assert.True(
            (
                await queues.Page.EvaluateAsync(
                    "[...document.querySelectorAll('.steering')].every(panel => panel.hidden)")).GetBoolean());
    }

    private static Task FocusedAsync(QueuesPage queues, string where) => Patience.UntilAsync(
        async () => (await queues.Page.EvaluateAsync(Focused)).GetString() == where, $"the focus is at '{where}'");

    private static async Task TabToAsync(QueuesPage queues, string queue, string button)
    {
        for (var presses = 0; presses < 100; presses++)
        {
            var focused = await queues.Page.EvaluateAsync(Focused);
            if (focused.GetString() == $"{queue} {button}")
                return;
            await queues.Page.PressAsync("Tab", 9);
        }
        Assert.Fail($"The key Tab never reaches '{button}'.");
    }
}
