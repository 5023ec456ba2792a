using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using QueueAdmission.Doubles;

namespace QueueAdmission.Traits;

public sealed class WeightTests
{
    [Fact]
    public async Task Request_OfAHeavyEndpoint_TakesThatManyWorkers()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        var queue = app.Queue("q");
        var heavy = app.GetAsync("/heavy?id=heavy");
        await gate.EnteredAsync(1);
        var light = app.GetAsync("/light?id=light");
        await gate.EnteredAsync(2);

        var next = await app.GetAndWaitInLineAsync("/light?id=next", queue);

        gate.LetOut(3);
        Assert.All(
            await Task.WhenAll(heavy, light, next), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(queue, ran: 3);
    }

    [Fact]
    public async Task Request_OfAHeavyEndpoint_IsNotOvertakenByLightOnes()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        var queue = app.Queue("q");
        var light = app.GetAsync("/light?id=light");
        await gate.EnteredAsync(1);
        var second = app.GetAsync("/light?id=second");
        await gate.EnteredAsync(2);
        var heavy = await app.GetAndWaitInLineAsync("/heavy?id=heavy", queue);
        // The third worker remains free, because it is reserved for the heavy request.
        var behind = await app.GetAndWaitInLineAsync("/light?id=behind", queue);

        gate.LetOut();
        await gate.EnteredAsync(3);

        Assert.Equal(["light", "second", "heavy"], gate.Order);
        gate.LetOut(3);
        Assert.All(
            await Task.WhenAll(light, second, heavy, behind),
            response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(queue, ran: 4);
    }

    [Fact]
    public async Task Workers_LoweredBelowAnEndpointsWeight_IsLoggedAndItsRequestsTakeAll()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        var queue = app.Queue("q");

        app.Reload("Queues:q:Workers=1");

        Assert.Single(app.Log.GetSnapshot(), record => record is { Id.Name: "TooHeavy", Level: LogLevel.Warning });
        var heavy = app.GetAsync("/heavy?id=heavy");
        await gate.EnteredAsync(1);
        var light = await app.GetAndWaitInLineAsync("/light?id=light", queue);
        var second = await app.GetAndWaitInLineAsync("/heavy?id=second", queue);
        gate.LetOut(3);
        Assert.All(
            await Task.WhenAll(heavy, light, second), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(1, gate.MaxInside);
        await Books.BalanceAsync(queue, ran: 3);
    }

    [Fact]
    public async Task Workers_LoweredToTheWeight_IsNotLogged()
    {
        await using var app = await StartAsync(new Gate());

        app.Reload("Queues:q:Workers=2");

        Assert.DoesNotContain(app.Log.GetSnapshot(), record => record.Id.Name == "TooHeavy");
    }

    [Fact]
    public async Task Workers_RaisedByAnOverride_AllowTheWholeWeight()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        var queue = app.Queue("q");
        app.Reload("Queues:q:Workers=1");
        queue.SetWorkersOverride(4);

        var heavy = app.GetAsync("/heavy?id=heavy");
        await gate.EnteredAsync(1);

        Assert.Equal(2, queue.GetSnapshot().WorkersInUse);
        gate.LetOut(1);
        Assert.Equal(HttpStatusCode.OK, (await heavy).StatusCode);
    }

    private static Task<TestApp> StartAsync(Gate gate) => TestApp.StartAsync("Queues:q:Workers=3", app =>
    {
        app.UseQueuedAdmission();
        app.MapGet("/light", gate.PassAsync).WithQueue("q");
        app.MapGet("/heavy", [Queued("q", Weight = 2)] (context) => gate.PassAsync(context));
    });
}
