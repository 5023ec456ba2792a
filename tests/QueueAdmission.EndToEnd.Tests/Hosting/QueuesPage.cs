using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

/// <summary>The dashboard in the browser.</summary>
internal sealed class QueuesPage(DashboardServer server, Page page)
{
    public Page Page => page;

    public async Task OpenAsync(string? signedInAs = null)
    {
        if (signedInAs is not null)
            Assert.Equal(200, await page.GoAsync(server.Address($"/sign-in/{signedInAs}")));
        Assert.Equal(200, await page.GoAsync(server.Address("/queues")));
        await server.UntilAsync(async () => await page.TextAsync("#connection") == "live", "the page is live");
    }

    public Task<string> TextAsync(string selector) => page.TextAsync(selector);

    public Task ShowsAsync(string selector, string text) =>
        server.UntilAsync(
            async () => (await page.TextAsync(selector)).Contains(text, StringComparison.Ordinal),
            $"{selector} shows '{text}'; it shows '{page.TextAsync(selector).Result}'");

    /// <summary>Waits until the page shows the totals of a queue, and then compares all its figures.</summary>
    public async Task ShowsTheBooksOfAsync(JobQueue queue)
    {
        var books = queue.GetSnapshot();
        await ShowsAsync(Total(queue, "arrived"), Number(books.Arrived));
        await ShowsAsync(Total(queue, "ran"), Number(books.Ran));
        var late = books.RejectedByReason.GetValueOrDefault(RejectionReason.WaitTimeout);
        var expected = new Dictionary<string, string>
        {
            [Figure(queue, "running")] = Number(books.Running),
            [Figure(queue, "workers")] = $"of {books.Settings.Workers}",
            [Figure(queue, "waiting")] = Number(books.Waiting),
            [Figure(queue, "places")] = $"of {books.Settings.Partitions * books.Settings.PartitionCapacity} places",
            [Total(queue, "arrived")] = Number(books.Arrived),
            [Total(queue, "ran")] = Number(books.Ran),
            [Total(queue, "refused")] = Number(books.Rejected - late),
            [Total(queue, "late")] = Number(late),
            [Total(queue, "left")] = Number(books.Abandoned),
        };
        foreach (var (reason, count) in books.RejectedByReason)
            expected[$"#{queue.Name} [data-reason={reason.ToWireName()}]"] = Number(count);
        foreach (var (selector, text) in expected)
            Assert.Equal((selector, text), (selector, await page.TextAsync(selector)));
    }

    public static string Figure(JobQueue queue, string name) => $"#{queue.Name} [data-figure={name}]";

    private static string Total(JobQueue queue, string name) => $"#{queue.Name} [data-total={name}]";

    private static string Number(long number) =>
        number.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);
}
