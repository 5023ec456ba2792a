using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Frameworks;

/// <summary>Tests the attributes on controllers, actions and Razor Pages, with the complete MVC framework.</summary>
public sealed class MvcQueueTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/reports/yearly", "yearly")]
    [InlineData("/order", "ordered")]
    public async Task ActionOrPage_Queued_WaitsForAWorkerAndGivesItBack(string path, string expected)
    {
        await using var server = await StartServerAsync();
        var queue = server.Queue();
        var busy = await queue.EnterAsync(Stop);

        var answer = server.Http1.GetStringAsync(path, Stop);
        await queue.UntilWaitingAsync(1);
        busy.Dispose();

        Assert.Equal(expected, (await answer.WithinPatience()).Trim());
        await queue.UntilRunningAsync(0);
        Assert.Equal(2, queue.GetSnapshot().Ran);
    }

    [Fact]
    public async Task Action_DisableQueueOnAQueuedController_NeverWaits()
    {
        await using var server = await StartServerAsync();
        using var busy = await server.Queue().EnterAsync(Stop);

        Assert.Equal("list", await server.Http1.GetStringAsync("/reports/list", Stop).WithinPatience());
    }

    private static Task<LoopbackServer> StartServerAsync() => LoopbackServer.StartAsync(
        map: app =>
        {
            app.MapControllers();
            app.MapRazorPages();
        },
        build: builder =>
        {
            builder.Services.AddControllers();
            builder.Services.AddRazorPages(options => options.RootDirectory = "/Frameworks/Pages");
        });
}
