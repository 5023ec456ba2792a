using Microsoft.AspNetCore.Builder;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class RazorPageQueueTests
{
    private const string Settings = "Queues:a:Workers=1 Queues:b:Workers=1";

    [Theory]
    [InlineData("/QueuedPage", "a")]
    [InlineData("/PlainPage", QueueReport.NotQueued)]
    public async Task Page_WithAttributeOnItsModel_RunsBehindIt(string path, string queue)
    {
        await using var app = await StartAsync(Settings);

        Assert.Equal(queue, await app.GetStringAsync(path));
        Assert.Equal(queue, await app.GetStringAsync(path));
    }

    [Theory]
    [InlineData("/QueuedPage", "b")]
    [InlineData("/PlainPage", "b")]
    [InlineData("/DisabledPage", QueueReport.NotQueued)]
    public async Task Page_OfPagesMappedWithQueue_RunsBehindThatOne(string path, string queue)
    {
        await using var app = await StartAsync(Settings, pages => pages.WithQueue("b"));

        Assert.Equal(queue, await app.GetStringAsync(path));
    }

    [Theory]
    [InlineData("/QueuedPage", "a")]
    [InlineData("/PlainPage", "b")]
    [InlineData("/DisabledPage", QueueReport.NotQueued)]
    public async Task Page_WithAFallbackQueue_RunsBehindItUnlessItsModelSaysOtherwise(string path, string queue)
    {
        await using var app = await StartAsync(Settings + " FallbackQueue=b");

        Assert.Equal(queue, await app.GetStringAsync(path));
        var caught = Assert.Single(app.Log.GetSnapshot(), record => record.Id.Name == "FallbackQueue").Message;
        Assert.Contains("takes the 1 endpoints", caught, StringComparison.Ordinal);
        Assert.Contains("/PlainPage", caught, StringComparison.Ordinal);
    }

    private static Task<TestApp> StartAsync(
        string settings,
        Action<PageActionEndpointConventionBuilder>? convention = null) => TestApp.StartAsync(settings, app =>
        {
            app.UseQueuedAdmission();
            var pages = app.MapRazorPages();
            convention?.Invoke(pages);
        }, services => CompiledPages.Add(services, typeof(QueuedPage), typeof(PlainPage), typeof(DisabledPage)));
}
