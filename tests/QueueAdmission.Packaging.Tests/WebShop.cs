using System.Net;

namespace QueueAdmission.Packaging;

/// <summary>
/// Tests the behaviour of <c>Programs/WebShop</c>, whose queue has one worker and no place to wait.
/// </summary>
internal static class WebShop
{
    public static async Task AssertQueuesOrdersAsync(HttpClient client)
    {
        Assert.Equal("open", await client.GetStringAsync("/"));

        // The first request takes the worker and keeps it, so only the other request can be answered now.
        var orders = new[] { client.GetAsync("/orders"), client.GetAsync("/orders") };
        using var refused = await await Task.WhenAny(orders);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("queue_full", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // The package contains the dashboard: its figures, its page and its files.
        Assert.Contains(
            "\"rejectedByReason\":{\"queue_full\":1}",
            await client.GetStringAsync("/queues/checkout"),
            StringComparison.Ordinal);
        Assert.Contains("import", await client.GetStringAsync("/queues/~/main.js"), StringComparison.Ordinal);

        Assert.Equal("finished", await client.GetStringAsync("/finish"));
        var responses = await Task.WhenAll(orders);
        var admitted = Assert.Single(responses, response => response.IsSuccessStatusCode);
        Assert.Equal("ordered", await admitted.Content.ReadAsStringAsync());
    }
}
