using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission.Testing;

/// <summary>Verifies what the tests of an application can do with its queues, over HTTP.</summary>
public class ApplicationUnderTestTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_WorkersAreOccupied_WaitsAndHasItsTurn()
    {
        await using var app = await StartAsync();
        var queue = app.App.Services.GetRequiredKeyedService<JobQueue>("checkout");
        await using var busy = await queue.OccupyWorkersAsync(queue.GetSnapshot().Workers, cancellationToken: Stop);

        var request = app.GetAsync("/checkout");
        await queue.WaitUntilWaitingAsync(1, cancellationToken: Stop);
        await busy.DisposeAsync();

        using var response = await request;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Request_ClockPassesMaxWait_IsRefusedWithWaitTimeout()
    {
        await using var app = await StartAsync();
        var queue = app.App.Services.GetRequiredKeyedService<JobQueue>("checkout");
        await using var busy = await queue.OccupyWorkersAsync(2, cancellationToken: Stop);

        var request = app.GetAsync("/checkout");
        await queue.WaitUntilWaitingAsync(1, cancellationToken: Stop);
        app.Clock.Advance(TimeSpan.FromSeconds(10));

        using var response = await request;
        await QueueAssert.RefusedAsync(response, RejectionReason.WaitTimeout, cancellationToken: Stop);
    }

    [Theory]
    [InlineData(RejectionReason.QueueFull)]
    [InlineData(RejectionReason.Draining)]
    public async Task Request_QueueRefusesAll_IsRefusedForTheReason(RejectionReason reason)
    {
        await using var app = await StartAsync();
        var queue = app.App.Services.GetRequiredKeyedService<JobQueue>("checkout");

        using (queue.RefuseAll(reason))
        {
            using var refused = await app.GetAsync("/checkout");
            var rejection = await QueueAssert.RefusedAsync(
                refused, reason, HttpStatusCode.ServiceUnavailable, Stop);
            Assert.True(rejection.RetryAfter > TimeSpan.Zero);
        }

        using var response = await app.GetAsync("/checkout");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Request_QueueIsFilled_IsRefusedUntilItIsNot()
    {
        await using var app = await StartAsync();
        var queue = app.App.Services.GetRequiredKeyedService<JobQueue>("checkout");

        using (queue.Fill())
        {
            using var refused = await app.GetAsync("/checkout");
            await QueueAssert.RefusedAsync(refused, RejectionReason.QueueFull, cancellationToken: Stop);
        }

        using var response = await app.GetAsync("/checkout");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(
        "Queues:checkout:Workers=2 Queues:checkout:PartitionCapacity=5 Queues:checkout:MaxWait=00:00:10",
        app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapGet("/checkout", () => "sold").WithQueue("checkout");
        },
        services => services.AddQueuedAdmission());
}
