using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

/// <summary>Tests how the dashboard shows the callers that fill a queue with keys.</summary>
public class CallersTests(Chromium browser)
{
    private const string List = "#reports .callers";

    [ChromiumTheory]
    [InlineData(CallerDisplay.Name)]
    [InlineData(CallerDisplay.Hash)]
    [InlineData(CallerDisplay.None)]
    public async Task Callers_OneFillsTheQueue_AreShownAsTheSettingSays(CallerDisplay display)
    {
        await using var server = await DashboardServer.StartAsync(
            dashboard => dashboard.AllowAnonymous(),
            reports: queue => (queue.PartitionBy, queue.ShowCallers) = (PartitionBy.Header("X-Tenant"), display));
        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.Page.LookAsync(1280, 900, dark: false);
        await queues.OpenAsync();

        await AskAsync(queues, server, "acme", 6, waiting: 4);
        await AskAsync(queues, server, "globex", 2, waiting: 6);
        if (display == CallerDisplay.None)
        {
            Assert.True((await queues.Page.EvaluateAsync($"document.querySelector('{List}').hidden")).GetBoolean());
            return;
        }
        await queues.ShowsAsync($"{List} tbody tr:nth-child(1) td:nth-child(2)", "4");
        await queues.ShowsAsync($"{List} tbody tr:nth-child(1) td:nth-child(3)", "2");
        await queues.ShowsAsync($"{List} tbody tr:nth-child(2) td:nth-child(2)", "2");
        var names = await queues.Page.TextAsync(List);
        Assert.Equal(display == CallerDisplay.Name, names.Contains("acme", StringComparison.Ordinal));
        Assert.Equal(display == CallerDisplay.Hash, names.Contains("shown by a hash", StringComparison.Ordinal));
        await Screenshots.TakeCallersAsync(queues.Page, $"{display}");
        Assert.Equal("", (await queues.Page.EvaluateAsync(Readability.Faults)).GetString());
        Assert.Empty(queues.Page.Complaints);
    }

    private static async Task AskAsync(
        QueuesPage queues, DashboardServer server, string tenant, int requests, int waiting)
    {
        for (var i = 0; i < requests; i++)
            _ = AskAsync(server, tenant);
        await queues.ShowsAsync("#reports [data-figure=waiting]", $"{waiting}");
    }

    private static async Task AskAsync(DashboardServer server, string tenant)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/reports/2026")
        {
            Headers = { { "X-Tenant", tenant } },
        };
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
