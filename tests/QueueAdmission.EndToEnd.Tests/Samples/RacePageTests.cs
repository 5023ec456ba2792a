using System.Globalization;
using System.Text.Json;
using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd.Samples;

/// <summary>Tests the first page of samples/WebDemo in a browser: 10,000 shoppers visit three shops.</summary>
public class RacePageTests(Chromium browser)
{
    private const int Shoppers = 10_000;

    private static readonly string[] Shops = ["open", "limited", "queued"];

    private static readonly string[] Ends = ["sold", "soldOut", "refused", "gaveUp", "failed"];

    /// <summary>The arguments for a short race, for tests that check only the page.</summary>
    private static readonly string[] Small =
        ["--Race:Shoppers", "300", "--Race:Within", "00:00:00.300", "--Race:Lamps", "20"];

    [ChromiumFact]
    public async Task Button_PressedTwice_TellsTheSameStoryTwice()
    {
        await using var demo = SampleProcess.Start("WebDemo");
        var page = await OpenAsync(demo);

        for (var number = 1; number <= 2; number++)
        {
            await page.ClickAsync("#go");
            var race = await UntilOverAsync(demo, number);

            foreach (var shop in Shops)
            {
                await ShowsTheBooksOfAsync(page, race, shop);
                Assert.Equal(Shoppers, Ends.Sum(end => Number(Books(race, shop), end)));
                // The figures of the database and of the shoppers agree. Each lamp is in stock or has one order.
                var database = Shop(race, shop).GetProperty("database");
                Assert.Equal(400, Number(database, "stock") + Number(database, "orders"));
                Assert.InRange(Number(Books(race, shop), "sold"), 0, Number(database, "orders"));
                Assert.Equal((0, 0), (Number(database, "busy"), Number(database, "waiting")));
            }
            Assert.Equal((0, 0), (Failed(race, "queued"), Failed(race, "limited")));
            Assert.Equal(0, Number(Shop(race, "queued").GetProperty("database"), "mostWaiting"));
            Assert.Equal(0, Number(Shop(race, "queued").GetProperty("database"), "stock"));
            Assert.InRange(Failed(race, "open"), Shoppers / 4, Shoppers);
            Assert.InRange(Number(Shop(race, "open").GetProperty("database"), "stock"), 100, 400);
            Assert.Equal(Number(Books(race, "queued"), "refused"), Number(Books(race, "queued"), "toldWhen"));
            Assert.Contains(
                Write(Number(Books(race, "queued"), "sold")), await page.TextAsync("#outcome"),
                StringComparison.Ordinal);
            if (number == 2)
                await Screenshots.TakeRaceAsync(page);
        }
        Assert.Empty(page.Complaints);
    }

    [ChromiumFact]
    public async Task Keyboard_TabAndEnter_StartsTheRaceAndKeepsTheFocus()
    {
        await using var demo = SampleProcess.Start("WebDemo", Small);
        var page = await OpenAsync(demo);

        await page.EvaluateAsync("document.querySelector('nav a:last-child').focus()");
        await page.PressAsync("Tab", 9);
        await page.PressAsync("Enter", 13, "\r");

        await UntilOverAsync(demo, 1);
        await ShowsAsync(page, "#outcome", "The race took");
        Assert.Equal("go", (await page.EvaluateAsync("document.activeElement.id")).GetString());
        await page.PressAsync("Enter", 13, "\r");
        await UntilOverAsync(demo, 2);
    }

    [ChromiumFact]
    public async Task Language_SwitchedToChineseAndBack_SpeaksIt()
    {
        await using var demo = SampleProcess.Start("WebDemo", Small);
        var page = await OpenAsync(demo);

        await page.ClickAsync("nav a[lang=zh-CN]");
        await ShowsAsync(page, "#connection", "实时");
        await page.ClickAsync("#go");
        await UntilOverAsync(demo, 1);

        await ShowsAsync(page, "#outcome", "用时");
        await ShowsAsync(page, "#go", "向每家店派出 300 名顾客");
        Assert.Equal("zh-CN", (await page.EvaluateAsync("document.documentElement.lang")).GetString());
        Assert.Equal("", (await page.EvaluateAsync("document.body.innerText.match(/[{}]|undefined|NaN/)?.[0] ?? ''"))
            .GetString());
        await page.ClickAsync("nav a[lang=en]");
        await ShowsAsync(page, "#outcome", "The race took");
        Assert.Equal("", (await page.EvaluateAsync("document.body.innerText.match(/[{}]|undefined|NaN/)?.[0] ?? ''"))
            .GetString());
        Assert.Empty(page.Complaints);
    }

    [ChromiumFact]
    public async Task SingleShop_IsOneClickAway_AndSells()
    {
        await using var demo = SampleProcess.Start("WebDemo", "--Shop:OrderTime", "00:00:00.001");
        var page = await OpenAsync(demo);

        await page.ClickAsync("footer a[href='shop.html']");
        await ShowsAsync(page, "#stock", "20");
        await page.ClickAsync("#buy");

        await ShowsAsync(page, "#outcome", "You got one");
        await page.ClickAsync("footer a[href='./']");
        await ShowsAsync(page, "h1", "Why not just let them in?");
        Assert.Empty(page.Complaints);
    }

    [ChromiumTheory]
    [InlineData(360, false, "zh-CN")]
    [InlineData(360, true, "en")]
    [InlineData(390, false, "en")]
    [InlineData(1280, false, "en")]
    [InlineData(1280, true, "zh-CN")]
    public async Task Page_OnPhoneAndDesk_IsReadable(int width, bool dark, string language)
    {
        await using var demo = SampleProcess.Start("WebDemo", Small);
        var page = await OpenAsync(demo, $"/?lang={language}");
        await page.LookAsync(width, 800, dark);

        // The page is checked before, during and after the race.
        await AssertReadableAsync(page);
        await page.ClickAsync("#go");
        await Patience.UntilAsync(
            async () => Number(await ReadAsync(demo), "number") == 1, "the race has begun");
        await AssertReadableAsync(page);
        await UntilOverAsync(demo, 1);
        await Patience.UntilAsync(async () => await page.TextAsync("#outcome") != "", "the page tells the end");
        await AssertReadableAsync(page);
    }

    private static async Task AssertReadableAsync(Page page)
    {
        // After a change of the theme, colours change for a moment. An update of the page may end such an animation
        // early.
        await page.EvaluateAsync("Promise.allSettled(document.getAnimations().map(animation => animation.finished))");
        Assert.Equal("", (await page.EvaluateAsync(Readability.Faults)).GetString());
    }

    private async Task<Page> OpenAsync(SampleProcess demo, string path = "/")
    {
        await demo.ListenAsync();
        var page = await browser.OpenPageAsync();
        await page.LookAsync(1280, 900, dark: false);
        Assert.Equal(200, await page.GoAsync(demo.Address(path)));
        await Patience.UntilAsync(
            async () => (await page.EvaluateAsync("document.querySelector('#connection').dataset.state"))
                .GetString() == "live", "the page is live");
        return page;
    }

    private static async Task<JsonElement> UntilOverAsync(SampleProcess demo, int number)
    {
        JsonElement race = default;
        await Patience.UntilAsync(
            async () =>
            {
                race = await ReadAsync(demo);
                return Number(race, "number") == number && !race.GetProperty("running").GetBoolean();
            },
            $"race {number} is over; {demo.Output}");
        return race;
    }

    private static async Task ShowsTheBooksOfAsync(Page page, JsonElement race, string shop)
    {
        foreach (var figure in (string[])[.. Ends, "toldWhen", "waited"])
        {
            var shown = Write(Number(Books(race, shop), figure));
            var cell = $"#books [data-end={figure}] [data-shop={shop}]";
            await Patience.UntilAsync(
                async () => await page.TextAsync(cell) == shown, $"{cell} shows {shown}");
        }
        Assert.Equal(
            Write(Number(Books(race, shop), "sold")), await page.TextAsync($".shop[data-shop={shop}] .sold strong"));
    }

    private static Task ShowsAsync(Page page, string selector, string text) => Patience.UntilAsync(
        async () =>
        {
            try
            {
                return (await page.TextAsync(selector)).Contains(text, StringComparison.Ordinal);
            }
            catch (InvalidOperationException lost) when (lost.Message.Contains("navigated", StringComparison.Ordinal))
            {
                // The browser has followed a link, and the next page is not loaded yet.
                return false;
            }
        },
        $"{selector} shows '{text}'");

    private static Task<JsonElement> ReadAsync(SampleProcess demo) =>
        demo.Client.GetFromJsonAsync<JsonElement>("/race", TestContext.Current.CancellationToken);

    private static JsonElement Shop(JsonElement race, string name) =>
        race.GetProperty("shops").EnumerateArray().Single(shop => shop.GetProperty("name").GetString() == name);

    private static JsonElement Books(JsonElement race, string shop) => Shop(race, shop).GetProperty("books");

    private static int Failed(JsonElement race, string shop) => Number(Books(race, shop), "failed");

    private static int Number(JsonElement one, string name) => one.GetProperty(name).GetInt32();

    private static string Write(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
