using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

/// <summary>Tests the page that a browser receives if its request is refused.</summary>
public class RefusalPageTests(Chromium browser)
{
    [ChromiumTheory]
    [InlineData(360, false, "en")]
    [InlineData(360, true, "zh-CN")]
    [InlineData(1280, false, "zh-CN")]
    [InlineData(1280, true, "en")]
    public async Task Page_InEachLanguage_IsReadableAndDoesNotNameTheQueue(int width, bool dark, string language)
    {
        await using var server = await DashboardServer.StartAsync(dashboard => dashboard.AllowAnonymous());
        var page = await browser.OpenPageAsync();
        await page.LookAsync(width, 800, dark);
        // The queue has 4 workers and 60 places.
        var rush = Enumerable.Range(0, 64).Select(_ => server.Client.PostAsync("/orders", null)).ToList();
        await Patience.UntilAsync(
            () => Task.FromResult(server.Checkout.GetSnapshot().Waiting == 60), "the queue is full");

        var status = await page.GoAsync(server.Address($"/orders/1?culture={language}"));

        Assert.Equal(503, status);
        Assert.Equal(
            language == "en" ? "en" : "zh",
            (await page.EvaluateAsync("document.documentElement.lang")).GetString()![..2]);
        Assert.DoesNotContain("checkout", await page.TextAsync("html"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("", (await page.EvaluateAsync(Readability.Faults)).GetString());
        await Screenshots.TakeRefusalAsync(page, $"{language}-{width}{(dark ? "-dark" : "")}", width, dark);
        server.LetOut(64);
        await Task.WhenAll(rush);
    }
}
