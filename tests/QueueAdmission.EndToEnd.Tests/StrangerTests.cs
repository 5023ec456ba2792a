using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

public class StrangerTests(Chromium browser)
{
    [ChromiumFact]
    public async Task Stranger_NotSignedIn_SeesNothing()
    {
        await using var server =
            await DashboardServer.StartAsync(dashboard => dashboard.RequireAuthorization("on-call"));
        var page = await browser.OpenPageAsync();

        Assert.Equal(401, await page.GoAsync(server.Address("/queues")));

        Assert.DoesNotContain("checkout", await page.TextAsync("body"));
    }

    [ChromiumFact]
    public async Task Stranger_WithoutAuthorization_FindsNothing()
    {
        await using var server = await DashboardServer.StartAsync(_ => { });
        var page = await browser.OpenPageAsync();

        Assert.Equal(404, await page.GoAsync(server.Address("/queues")));
    }

    [ChromiumFact]
    public async Task ForeignName_ThatLeadsToThisMachine_FindsNothing()
    {
        await using var server = await DashboardServer.StartAsync(_ => { }, "Development");
        var page = await browser.OpenPageAsync();
        Assert.Equal(200, await page.GoAsync(server.Address("/", DashboardServer.ForeignName)));

        // DNS rebinding: after the page was loaded, its host name resolves to this machine. Its script then sends a
        // request.
        var status = await page.EvaluateAsync(
            "fetch('/queues', { headers: { Accept: 'application/json' } }).then(answer => answer.status)");

        Assert.Equal(404, status.GetInt32());
    }

    [ChromiumFact]
    public async Task OtherSite_InTheNameOfAnOperator_ChangesNothing()
    {
        await using var server = await DashboardServer.StartAsync(
            dashboard => dashboard.RequireAuthorization("on-call").AllowSteering("operators"));
        var page = await browser.OpenPageAsync();
        await new QueuesPage(server, page).OpenAsync(DashboardServer.Operator);
        Assert.Equal(200, await page.GoAsync(server.Address("/", DashboardServer.ForeignName)));
        var target = server.Address("/queues/checkout/overrides/Workers");

        await page.EvaluateAsync(
            $"fetch('{target}', {{ method: 'PUT', credentials: 'include', mode: 'cors', headers: {{ 'Content-Type': " +
                $"'application/json', 'X-Queued-Admission': 'x' }}, body: '{{\"value\":1}}' }}).catch(() => 0)");
        await page.EvaluateAsync(
            $"fetch('{target}', {{ method: 'POST', credentials: 'include', mode: 'no-cors', body: '{{\"value\":1}}' " +
                $"}}).catch(() => 0)");
        await page.EvaluateAsync(
            $"fetch('{target}', {{ method: 'DELETE', credentials: 'include', mode: 'cors' }}).catch(() => 0)");

        Assert.Equal(4, server.Checkout.GetSnapshot().Settings.Workers);
    }

    [ChromiumFact]
    public async Task OtherSite_WithFrameAroundThePage_ShowsNothing()
    {
        await using var server = await DashboardServer.StartAsync(dashboard => dashboard.AllowAnonymous());
        var page = await browser.OpenPageAsync();
        await page.GoAsync(server.Address("/", DashboardServer.ForeignName));

        await page.EvaluateAsync(
            $"document.documentElement.appendChild(Object.assign(document.createElement('iframe'), {{ src: " +
                $"'{server.Address("/queues")}' }}))");

        await Patience.UntilAsync(
            () =>
                Task.FromResult(
                    page.Complaints.Any(complaint => complaint.Contains("frame-ancestors", StringComparison.Ordinal))),
            "the browser refuses the frame");
    }
}
