using System.Globalization;
using System.Text.Json;
using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd.Samples;

/// <summary>
/// Tests the page of samples/PostDemo in a browser. Posts are sent, and the process that runs them is killed.
/// </summary>
public class PostPageTests(Chromium browser)
{
    private const int Posts = 3_000;
    private const int Kills = 3;

    [ChromiumFact]
    public async Task KillButton_WhilePostsRun_LosesNoneAndWritesEachOnce()
    {
        await using var demo = await StartAsync("--Campaign:Posts", $"{Posts}");
        var page = await OpenAsync(demo);

        await page.ClickAsync("#send");
        for (var kill = 1; kill <= Kills; kill++)
        {
            await Patience.UntilAsync(
                async () => await ReadAsync(demo) is var now && Number(now, "running") > 0
                    && Number(now, "waiting") > 0,
                $"posts run and wait; {demo.Output}");
            // The page may be slightly outdated. If the process is still down, the button is pressed again.
            await Patience.UntilAsync(
                async () =>
                {
                    await page.ClickAsync("#kill");
                    return Number(await ReadAsync(demo), "kills") >= kill;
                },
                $"the process was killed {kill} times");
            if (kill == 1)
            {
                await ShowsAsync(page, "#worker", "down");
                await Screenshots.TakePostsAsync(page, "killed");
            }
        }
        await Patience.UntilAsync(
            async () => await ReadAsync(demo) is var now && Number(now, "done") == Posts
                && Number(now, "rows") == Posts,
            "all posts have run");

        var books = await ReadAsync(demo);
        Assert.Equal(
            (Posts, 0, 0, Posts, 0, Posts),
            (Number(books, "accepted"), Number(books, "waiting"), Number(books, "running"), Number(books, "done"),
                Number(books, "dead"), Number(books, "rows")));
        Assert.True(Number(books, "kills") >= Kills, $"{books}");
        var all = Posts.ToString("N0", CultureInfo.InvariantCulture);
        await ShowsAsync(page, "[data-figure=accepted]", all);
        await ShowsAsync(page, "[data-figure=done]", all);
        await ShowsAsync(page, "#rows", all);
        await ShowsAsync(page, "#verdict", "Every accepted post has its row, once.");
        await ShowsAsync(page, "#campaign", $"{all} of {all} had their 202");
        await Screenshots.TakePostsAsync(page, "done");
        Assert.Empty(page.Complaints);
    }

    [ChromiumFact]
    public async Task Form_APost_IsAnsweredBeforeItRunsAndLeadsToItsState()
    {
        await using var demo = await StartAsync();
        var page = await OpenAsync(demo);

        await page.ClickAsync("#form button");
        await ShowsAsync(page, "#outcome", "202: it is on the disk");
        await ShowsAsync(page, "#verdict", "Every accepted post has its row, once.");
        var state =
            (await page.EvaluateAsync("document.querySelector('#outcome a').getAttribute('href')")).GetString()!;

        // The post is done, so the address of its state redirects to the stored response.
        Assert.Contains(
            "\"Hello\"",
            await demo.Client.GetStringAsync(state, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [ChromiumTheory]
    [InlineData("en", "Every accepted post has its row, once.")]
    [InlineData("zh-CN", "每条被接受的帖子都有一行，且只有一行。")]
    public async Task Page_OnPhoneAndDesk_IsReadable(string language, string verdict)
    {
        await using var demo = await StartAsync();
        var page = await OpenAsync(demo, $"/?lang={language}");
        await page.ClickAsync("#form button");
        await ShowsAsync(page, "#verdict", verdict);
        Assert.Equal(language, (await page.EvaluateAsync("document.documentElement.lang")).GetString());
        if (language != "en")
            await Screenshots.TakePostsAsync(page, "chinese");

        foreach (var (width, dark) in ((int, bool)[])[(360, false), (360, true), (1280, false), (1280, true)])
        {
            await page.LookAsync(width, 800, dark);
            await page.EvaluateAsync(
                "Promise.allSettled(document.getAnimations().map(animation => animation.finished))");
            Assert.Equal(("", width, dark), ((await page.EvaluateAsync(Readability.Faults)).GetString(), width, dark));
        }
    }

    private static async Task<SampleProcess> StartAsync(params string[] arguments)
    {
        var demo = SampleProcess.Start("PostDemo", arguments);
        await demo.ListenAsync();
        return demo;
    }

    private async Task<Page> OpenAsync(SampleProcess demo, string path = "/")
    {
        var page = await browser.OpenPageAsync();
        await page.LookAsync(1280, 900, dark: false);
        Assert.Equal(200, await page.GoAsync(demo.Address(path)));
        await Patience.UntilAsync(
            async () =>
            {
                var state = await page.EvaluateAsync("document.querySelector('.worker').dataset.state ?? ''");
                return state.GetString() == "running";
            },
            $"the process runs; {demo.Output}");
        return page;
    }

    private static Task<JsonElement> ReadAsync(SampleProcess demo) =>
        demo.Client.GetFromJsonAsync<JsonElement>("/cache", TestContext.Current.CancellationToken);

    private static Task ShowsAsync(Page page, string selector, string text) => Patience.UntilAsync(
        async () => (await page.TextAsync(selector)).Contains(text, StringComparison.Ordinal),
        $"{selector} shows '{text}'");

    private static long Number(JsonElement books, string name) => books.GetProperty(name).GetInt64();
}
