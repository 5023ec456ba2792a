using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class MisplacedEntranceTests
{
    [Fact]
    public async Task UseQueuedAdmission_BehindRouting_IsNotComplainedAbout()
    {
        await using var app = await TestApp.StartAsync("", app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", () => "served");
        });

        (await app.GetAsync("/nowhere")).Dispose();
        (await app.GetAsync("/")).Dispose();
        (await app.GetAsync("/nowhere")).Dispose();

        Assert.Empty(Errors(app));
    }

    [Fact]
    public async Task UseQueuedAdmission_BeforeAStatusPageForAnUnknownAddress_IsNotComplainedAbout()
    {
        await using var app = await TestApp.StartAsync("", app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.UseStatusCodePagesWithReExecute("/status");
            app.MapGet("/status", () => "status page");
        });

        using var response = await app.GetAsync("/nowhere");

        Assert.Equal("status page", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Empty(Errors(app));
    }

    [Fact]
    public async Task Request_WithoutAnEndpointWhoseAnswerHasBegun_GoesOn()
    {
        await using var app = await TestApp.StartAsync("", app =>
        {
            app.Use(async (context, next) =>
            {
                await context.Response.WriteAsync("begun");
                await context.Response.Body.FlushAsync();
                await next(context);
            });
            app.UseRouting();
            app.UseQueuedAdmission();
            app.Run(context => context.Response.WriteAsync(" ended"));
        });

        Assert.Equal("begun ended", await app.GetStringAsync("/nowhere"));
    }

    [Fact]
    public async Task UseQueuedAdmission_WhereABranchHasRoutesOfItsOwn_IsNotComplainedAbout()
    {
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1", app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.Map("/legacy", branch =>
            {
                branch.UseRouting();
                branch.UseEndpoints(endpoints => endpoints.MapGet("/", () => "legacy"));
            });
            app.MapGet("/", QueueReport.Of).WithQueue("q");
        });

        Assert.Equal("legacy", await app.GetStringAsync("/legacy/"));
        Assert.Equal("q", await app.GetStringAsync("/"));
        Assert.Empty(Errors(app));
    }

    private static IEnumerable<string> Errors(TestApp app) =>
        app.Log.GetSnapshot().Where(record => record.Level >= LogLevel.Error).Select(record => record.Message);
}
