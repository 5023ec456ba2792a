using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

public class SteeringTests(Chromium browser)
{
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
        await queues.ShowsAsync("#checkout .badge", "paused");
        Assert.Equal(JobQueueState.Paused, server.Checkout.GetSnapshot().State);
        await Screenshots.TakeSteeringAsync(queues.Page);

        await TabToAsync(queues, "checkout", "Undo");
        await queues.Page.PressAsync("Enter", 13, "\r");
        await queues.ShowsAsync("#checkout .badge", "calm");
        Assert.Equal(JobQueueState.Running, server.Checkout.GetSnapshot().State);
    }

    [ChromiumFact]
    public async Task Controls_WithoutPermissionToSteer_AreHidden()
    {
        await using var server = await DashboardServer.StartAsync(
            dashboard => dashboard.RequireAuthorization("on-call").AllowSteering("operators"));
        var queues = new QueuesPage(server, await browser.OpenPageAsync());

        await queues.OpenAsync(DashboardServer.Watcher);

        await queues.ShowsAsync("#steering-note", "You may look, but not steer.");
        Assert.True(
            (
                await queues.Page.EvaluateAsync(
                    "[...document.querySelectorAll('.steering')].every(panel => panel.hidden)")).GetBoolean());
    }

    private static async Task TabToAsync(QueuesPage queues, string queue, string button)
    {
        for (var presses = 0; presses < 100; presses++)
        {
            var focused = await queues.Page.EvaluateAsync(
                "(document.activeElement.closest('section')?.id ?? '') + ' ' + document.activeElement.innerText");
            if (focused.GetString() == $"{queue} {button}")
                return;
            await queues.Page.PressAsync("Tab", 9);
        }
        Assert.Fail($"The key Tab never reaches '{button}'.");
    }
}
