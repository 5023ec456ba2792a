using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using QueueAdmission.Doubles;

namespace QueueAdmission.Diagnostics;

public sealed class EntryOrderCheckTests
{
    private const string Settings = "Queues:a:Workers=1 Queues:b:Workers=1 Queues:c:Workers=1";

    [Fact]
    public async Task OppositeOrders_InDevelopment_AreReportedOnce()
    {
        await using var app = await StartAsync("Development");

        foreach (var path in new[] { "/a/b", "/a/b", "/b/a", "/b/a", "/a/b" })
            (await app.GetAsync(path)).Dispose();

        var message = Assert.Single(Reports(app));
        Assert.Contains("a → b", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OrdersThatFormARing_InDevelopment_AreReported()
    {
        await using var app = await StartAsync("Development");

        foreach (var path in new[] { "/a/b", "/b/c", "/c/a" })
            (await app.GetAsync(path)).Dispose();

        Assert.Contains("a → b → c", Assert.Single(Reports(app)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OrdersByLeasesAlone_InDevelopment_AreReported()
    {
        await using var app = await StartAsync("Development");

        foreach (var path in new[] { "/leases/b/c", "/leases/c/b" })
            (await app.GetAsync(path)).Dispose();

        Assert.Contains("b → c", Assert.Single(Reports(app)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Development", "/a/b /b/c /a/c")]
    [InlineData("Development", "/a/a /b/b")]
    [InlineData("Production", "/a/b /b/a")]
    public async Task OneOrder_OrProduction_IsNotReported(string environment, string paths)
    {
        await using var app = await StartAsync(environment);

        foreach (var path in paths.Split(' '))
            (await app.GetAsync(path)).Dispose();

        Assert.Empty(Reports(app));
    }

    private static IEnumerable<string> Reports(TestApp app) =>
        app.Log.GetSnapshot().Where(line => line.Id.Name == "OppositeOrders").Select(line => line.Message);

    private static Task<TestApp> StartAsync(string environment) => TestApp.StartAsync(Settings, app =>
    {
        app.UseQueuedAdmission();
        foreach (var queue in new[] { "a", "b", "c" })
            app.MapGet($"/{queue}/{{name}}", async (HttpContext context, string name) =>
            {
                using var lease = await context.EnterQueueAsync(name);
            }).WithQueue(queue);
        app.MapGet("/leases/{first}/{second}", async (HttpContext context, string first, string second) =>
        {
            using var one = await context.EnterQueueAsync(first);
            using var another = await context.EnterQueueAsync(second);
        });
    }, services => services.AddSingleton<IHostEnvironment>(new Environment { EnvironmentName = environment }));

    private sealed class Environment : IHostEnvironment
    {
        public required string EnvironmentName { get; set; }

        public string ApplicationName { get; set; } = "tests";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
