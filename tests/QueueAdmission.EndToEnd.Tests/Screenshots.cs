using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

/// <summary>
/// Takes the screenshots in docs/images, if the environment variable <c>QUEUE_SCREENSHOTS</c> contains the path of a
/// folder.
/// </summary>
internal static class Screenshots
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("QUEUE_SCREENSHOTS");

    public static async Task TakeAsync(Page page)
    {
        if (Folder is null)
            return;
        foreach (var dark in (bool[])[false, true])
        {
            await TakeAsync(page, $"dashboard-{(dark ? "dark" : "light")}.png", 1280, 900, dark);
            await TakeAsync(page, $"dashboard-phone-{(dark ? "dark" : "light")}.png", 390, 844, dark);
        }
        await page.LookAsync(1280, 900, dark: false);
    }

    public static Task TakeSteeringAsync(Page page) =>
        Folder is null
        ? Task.CompletedTask
        : TakeAsync(page, "dashboard-steering.png", 1280, 470, dark: false, "#checkout");

    /// <summary>Takes the dashboard with deferred jobs and an open list of dead letters.</summary>
    public static async Task TakeDeferredAsync(Page page)
    {
        if (Folder is null)
            return;
        foreach (var dark in (bool[])[false, true])
        {
            var theme = dark ? "-dark" : "";
            await TakeAsync(page, $"dashboard-deferred{theme}.png", 1280, 620, dark, ".deferred-area");
            await TakeAsync(page, $"dashboard-deferred-phone{theme}.png", 390, 844, dark, ".deferred-area");
        }
        await page.LookAsync(1280, 900, dark: false);
    }

    /// <summary>Takes the page of samples/ClusterDemo, at the widths of a desktop and of a phone.</summary>
    public static async Task TakeClusterAsync(Page page)
    {
        if (Folder is null)
            return;
        foreach (var dark in (bool[])[false, true])
        {
            await TakeAsync(page, $"cluster-{(dark ? "dark" : "light")}.png", 1280, 900, dark);
            await TakeAsync(page, $"cluster-phone-{(dark ? "dark" : "light")}.png", 360, 800, dark);
        }
        await page.LookAsync(1280, 900, dark: false);
    }

    /// <summary>Takes the page of samples/PostDemo, at the widths of a desktop and of a phone.</summary>
    public static async Task TakePostsAsync(Page page, string moment)
    {
        if (Folder is null)
            return;
        foreach (var dark in (bool[])[false, true])
        {
            await TakeAsync(page, $"posts-{moment}{(dark ? "-dark" : "")}.png", 1280, 900, dark);
            await TakeAsync(page, $"posts-{moment}-phone{(dark ? "-dark" : "")}.png", 390, 844, dark);
        }
        await page.LookAsync(1280, 900, dark: false);
    }

    /// <summary>Takes the page that a browser receives if its request is refused.</summary>
    public static Task TakeRefusalAsync(Page page, string name, int width, bool dark) =>
        Folder is null ? Task.CompletedTask : TakeAsync(page, $"refusal-{name}.png", width, 640, dark);

    /// <summary>Takes a queue with its callers, at the widths of a desktop and of a phone.</summary>
    public static async Task TakeCallersAsync(Page page, string name)
    {
        if (Folder is null)
            return;
        await TakeAsync(page, $"callers-{name}.png", 1280, 900, dark: false, "#reports");
        await TakeAsync(page, $"callers-{name}-phone-dark.png", 390, 844, dark: true, "#reports .callers");
        await page.LookAsync(1280, 900, dark: false);
    }

    /// <summary>
    /// Takes the race of samples/WebDemo, at the widths of a desktop and of a phone. The README shows the desktop
    /// picture.
    /// </summary>
    public static async Task TakeRaceAsync(Page page)
    {
        if (Folder is null)
            return;
        foreach (var dark in (bool[])[false, true])
        {
            await TakeAsync(page, $"race{(dark ? "-dark" : "")}.png", 1280, 945, dark);
            await TakeAsync(page, $"race-phone{(dark ? "-dark" : "")}.png", 390, 844, dark);
        }
        await page.LookAsync(1280, 900, dark: false);
    }

    private static async Task TakeAsync(Page page, string file, int width, int height, bool dark, string from = "body")
    {
        await page.LookAsync(width, height, dark);
        // The page needs two frames: one for the layout, and one to paint.
        await page.EvaluateAsync(
            $"document.querySelector('{from}').scrollIntoView(), "
            + "Promise.allSettled(document.getAnimations().map(a => a.finished)).then(() => "
            + "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0)))))");
        await File.WriteAllBytesAsync(
            Path.Combine(Folder!, file), await page.ShootAsync(), TestContext.Current.CancellationToken);
    }
}
