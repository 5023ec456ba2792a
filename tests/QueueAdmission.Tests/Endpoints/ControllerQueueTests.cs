using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class ControllerQueueTests
{
    [Theory]
    [InlineData("/queued/inherits", "a")]
    [InlineData("/queued/overrides", "b")]
    [InlineData("/queued/disabled", QueueReport.NotQueued)]
    [InlineData("/plain/plain", QueueReport.NotQueued)]
    [InlineData("/plain/unnamed", "default")]
    public async Task Action_WithAttributes_RunsBehindTheNearest(string path, string queue)
    {
        await using var app = await StartAsync();

        Assert.Equal(queue, await app.GetStringAsync(path));
    }

    [Theory]
    [InlineData("/queued/inherits", "c")]
    [InlineData("/queued/overrides", "c")]
    [InlineData("/queued/disabled", QueueReport.NotQueued)]
    [InlineData("/plain/plain", "c")]
    public async Task Action_OfControllersMappedWithQueue_RunsBehindThatOne(string path, string queue)
    {
        await using var app = await StartAsync(controllers => controllers.WithQueue("c"));

        Assert.Equal(queue, await app.GetStringAsync(path));
    }

    [Theory]
    [InlineData("/group/queued/inherits", "c")]
    [InlineData("/group/queued/disabled", QueueReport.NotQueued)]
    [InlineData("/group/plain/plain", "c")]
    public async Task Action_OfControllersInAGroupWithQueue_RunsBehindTheGroups(string path, string queue)
    {
        await using var app = await TestApp.StartAsync("Queues:a:Workers=1 Queues:b:Workers=1 " +
            "Queues:c:Workers=1", app =>
            {
                app.UseQueuedAdmission();
                app.MapGroup("/group").WithQueue("c").MapControllers();
            }, services => services.AddControllers().AddApplicationPart(typeof(QueuedController).Assembly));

        Assert.Equal(queue, await app.GetStringAsync(path));
    }

    private static Task<TestApp> StartAsync(Action<ControllerActionEndpointConventionBuilder>? convention = null) =>
        TestApp.StartAsync("Queues:a:Workers=1 Queues:b:Workers=1 Queues:c:Workers=1", app =>
        {
            app.UseQueuedAdmission();
            var controllers = app.MapControllers();
            convention?.Invoke(controllers);
        }, services => services.AddControllers().AddApplicationPart(typeof(QueuedController).Assembly));
}
