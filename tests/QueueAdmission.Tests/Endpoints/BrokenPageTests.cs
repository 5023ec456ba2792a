using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission;

/// <summary>Verifies Razor pages that are compiled on first use, one of which does not compile.</summary>
public sealed class BrokenPageTests
{
    private const string Settings = "Queues:a:Workers=1";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_WithAPageThatCannotBeLoaded_SucceedsAndTriesItOnce(bool add)
    {
        var loader = new Loader();
        await using var app =
            await StartAsync(loader, add, Page("/good", "a"), Page("/bad", queue: null), Page("/plain", ""));

        Assert.Equal("served", await app.GetStringAsync("/plain"));
        var warning = Assert.Single(app.Log.GetSnapshot(), record => record.Id.Name == "BrokenPage");
        Assert.Contains("'/bad'", warning.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidTimeZoneException>(warning.Exception);
        Assert.Equal(1, loader.Failures);
    }

    [Fact]
    public async Task Start_WithAPageThatCannotBeLoadedAndOneOfAnUnknownQueue_FailsForTheSecond()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(new Loader(), add: true, Page("/bad", queue: null), Page("/lost", "lost")));

        Assert.Contains("'/lost'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'lost'", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("'/bad'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_RemovesTheQueueOfALoadedPage_IsRefused()
    {
        await using var app = await StartAsync(new Loader(), add: true, Page("/good", "a"));

        app.Remove("Queues:a");

        Assert.True(app.Queues.TryGet("a", out _));
    }

    private static Task<TestApp> StartAsync(Loader loader, bool add, params RouteEndpoint[] pages) =>
        TestApp.StartAsync(Settings, app =>
        {
            app.UseQueuedAdmission();
            ((IEndpointRouteBuilder)app).DataSources.Add(new DefaultEndpointDataSource(pages));
        }, services =>
        {
            services.AddSingleton<PageLoader>(loader);
            if (add)
                services.AddQueuedAdmission();
        });

    private static RouteEndpoint Page(string path, string? queue) =>
        new(context => context.Response.WriteAsync("served"), RoutePatternFactory.Parse(path), 0,
            new EndpointMetadataCollection(new LazyPage(queue) { RelativePath = path }), path);

    /// <param name="queue">
    /// The queue that the model of the page names. Empty if it names none. Null if the page does not compile.
    /// </param>
    private sealed class LazyPage(string? queue) : PageActionDescriptor
    {
        public string? Queue => queue;
    }

    private sealed class Loader : PageLoader
    {
        private readonly Dictionary<string, CompiledPageActionDescriptor> _loaded = [];

        public int Failures { get; private set; }

        [Obsolete("The base method is.")]
        public override Task<CompiledPageActionDescriptor> LoadAsync(PageActionDescriptor actionDescriptor) =>
            throw new NotSupportedException();

        public override Task<CompiledPageActionDescriptor> LoadAsync(
            PageActionDescriptor actionDescriptor, EndpointMetadataCollection endpointMetadata)
        {
            var page = (LazyPage)actionDescriptor;
            if (page.Queue is null)
            {
                Failures++;
                throw new InvalidTimeZoneException("This page does not compile.");
            }
            if (!_loaded.TryGetValue(page.RelativePath, out var loaded))
            {
                loaded = new CompiledPageActionDescriptor(page) { HandlerMethods = [] };
                object[] metadata = page.Queue.Length > 0 ? [loaded, new QueuedAttribute(page.Queue)] : [loaded];
                loaded.Endpoint =
                    new Endpoint(requestDelegate: null, new EndpointMetadataCollection(metadata), page.RelativePath);
                _loaded.Add(page.RelativePath, loaded);
            }
            return Task.FromResult(loaded);
        }
    }
}
