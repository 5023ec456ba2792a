using System.Globalization;
using System.Text.Json;
using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd.Samples;

/// <summary>Tests the page of samples/ClusterDemo in a browser. Its buttons kill shops ten times.</summary>
public class ClusterPageTests(Chromium browser)
{
    private const string NoCrowd = "Real HTTP, to this address.";

    [ChromiumFact]
    public async Task KillButton_TenTimesInARush_SellsEveryLampOnce()
    {
        await using var demo = await ClusterDemoProcess.StartAsync(
            "--Shop:OrderTime", "00:00:02", "--Fleet:ClosedFor", "00:00:00.500");
        var page = await OpenAsync(demo);

        await KeepCrowdComingAsync(demo, page);
        await ShowsAsync(page, ".workers [data-figure=running]", "6");

        for (var kill = 0; kill < 10; kill++)
        {
            await KeepCrowdComingAsync(demo, page);
            var shop = $".shop[data-shop=\"{(kill % 3) + 1}\"]";
            // The page may be slightly outdated. If the shop is still down, the button is pressed again.
            await Patience.UntilAsync(
                async () =>
                {
                    if ((await page.TextAsync($"{shop} .state")).StartsWith("open", StringComparison.Ordinal))
                        await page.ClickAsync($"{shop} .kill");
                    return (await demo.ReadBooksAsync()).GetProperty("shops").EnumerateArray()
                        .Sum(one => one.GetProperty("kills").GetInt32()) > kill;
                },
                $"shops were killed {kill + 1} times in all");
            if (kill == 0)
                await Screenshots.TakeClusterAsync(page);
        }
        await Patience.UntilAsync(
            async () =>
            {
                await KeepCrowdComingAsync(demo, page);
                return await page.TextAsync("#stock") == "0";
            }, "all lamps are sold");
        await Patience.UntilAsync(
            async () => await demo.ReadBooksAsync() is var now && now.GetProperty("running").GetInt64() == 0
                && now.GetProperty("nodes").GetInt32() == 3, "all orders have ended, and all shops are open");

        var books = await demo.ReadBooksAsync();
        Assert.Equal(20, books.GetProperty("sold").GetInt64());
        Assert.Equal(0, books.GetProperty("stock").GetInt64());
        Assert.Equal(0, books.GetProperty("failed").GetInt64());
        Assert.InRange(books.GetProperty("maxRunning").GetInt64(), 1, books.GetProperty("clusterWorkers").GetInt64());
        await ShowsAsync(page, "#sold", "20");
        await ShowsAsync(page, ".workers [data-figure=maxRunning]", Number(books, "maxRunning"));
        await ShowsAsync(page, ".workers [data-figure=clusterWorkers]", "6");
        await ShowsAsync(page, "#books [data-total] [data-column=sold]", "20");
        Assert.Empty(page.Complaints);
    }

    [ChromiumFact]
    public async Task Page_OnPhoneAndDesk_IsReadable()
    {
        await using var demo = await ClusterDemoProcess.StartAsync("--Fleet:ClosedFor", "01:00:00");
        var page = await OpenAsync(demo);
        await page.ClickAsync(".shop[data-shop=\"1\"] .kill");
        await ShowsAsync(page, "#outcome", "kill -9");
        await ShowsAsync(page, ".shop[data-shop=\"1\"] .state", "down");
        await page.ClickAsync("#crowd");
        await ShowsAsync(page, "#outcome", "crowd");

        foreach (var (width, dark) in ((int, bool)[])[(360, false), (360, true), (1280, false), (1280, true)])
        {
            await page.LookAsync(width, 800, dark);
            // After a change of the theme, colours change for a moment. An update of the page may end such an animation
            // early.
            await page.EvaluateAsync(
                "Promise.allSettled(document.getAnimations().map(animation => animation.finished))");
            Assert.Equal(("", width, dark), ((await page.EvaluateAsync(Readability.Faults)).GetString(), width, dark));
        }
    }

    private async Task<Page> OpenAsync(ClusterDemoProcess demo)
    {
        var page = await browser.OpenPageAsync();
        await page.LookAsync(1280, 900, dark: false);
        Assert.Equal(200, await page.GoAsync(demo.Address("/")));
        await ShowsAsync(page, "#connection", "live");
        return page;
    }

    /// <summary>Sends another crowd if the last crowd has been served.</summary>
    private static async Task KeepCrowdComingAsync(ClusterDemoProcess demo, Page page)
    {
        if (await page.TextAsync("#crowd-note") == NoCrowd && await page.TextAsync("#stock") != "0")
        {
            await page.ClickAsync("#crowd");
            await Patience.UntilAsync(
                async () => await page.TextAsync("#crowd-note") != NoCrowd, $"the crowd comes; {demo.Output}");
        }
    }

    private static Task ShowsAsync(Page page, string selector, string text) => Patience.UntilAsync(
        async () => (await page.TextAsync(selector)).Contains(text, StringComparison.Ordinal),
        $"{selector} shows '{text}'");

    private static string Number(JsonElement books, string name) =>
        books.GetProperty(name).GetInt64().ToString("N0", CultureInfo.InvariantCulture);
}
