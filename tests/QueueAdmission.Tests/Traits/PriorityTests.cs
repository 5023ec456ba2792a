using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission.Traits;

public sealed class PriorityTests
{
    private const string Settings = "Queues:q:Workers=1 Queues:q:PartitionCapacity=10";

    [Fact]
    public async Task Endpoints_OfHigherPriority_GoFirst()
    {
        var gate = new Gate();
        await using var app = await StartAsync(Settings, gate);

        Assert.Equal(
            ["running", "critical", "high", "normal", "low"],
            await ServeAsync(app, gate, "low", "normal", "high", "critical"));
    }

    [Fact]
    public async Task Header_NotNamedInTheSettings_HasNoSay()
    {
        var gate = new Gate();
        await using var app = await StartAsync(Settings, gate);

        Assert.Equal(["running", "normal", "low"], await ServeAsync(app, gate, "low:critical", "normal:low"));
    }

    [Fact]
    public async Task Header_Named_IsTrusted()
    {
        var gate = new Gate();
        await using var app = await StartAsync($"{Settings} Queues:q:PriorityFrom=Header:X-Priority", gate);

        Assert.Equal(["running", "low", "normal"], await ServeAsync(app, gate, "normal", "low:Critical"));
    }

    [Fact]
    public async Task Request_InCode_ComesBeforeTheEndpoint()
    {
        var gate = new Gate();
        await using var app = await StartAsync(Settings, gate, services => services.AddQueuedAdmission(
            o => o.AddQueue("q", q => q.PriorityFrom = PriorityFrom.Custom(
                context => context.Request.Headers.ContainsKey("X-Priority") ? JobPriority.Critical : null))));

        Assert.Equal(["running", "low", "high", "normal"], await ServeAsync(app, gate, "normal", "high", "low:x"));
    }

    [Fact]
    public async Task Newcomer_OfHigherPriorityInAFullQueue_TakesThePlaceOfTheLowest()
    {
        var gate = new Gate();
        await using var app = await StartAsync(Settings, gate);
        var queue = app.Queue("q");
        var running = app.GetAsync("/running");
        await gate.EnteredAsync(1);
        var low = new List<Task<HttpResponseMessage>>();
        for (var i = 0; i < 10; i++)
            low.Add(await app.GetAndWaitInLineAsync("/low", queue));

        var high = app.GetAsync("/high");
        using var displaced = await low[^1];

        Assert.Equal(HttpStatusCode.ServiceUnavailable, displaced.StatusCode);
        Assert.Contains(
            "\"displaced\"", await displaced.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        gate.LetOut(11);
        Assert.All(
            await Task.WhenAll([running, high, .. low[..^1]]),
            response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(queue, ran: 11, rejected: 1);
    }

    /// <summary>
    /// Lets requests wait behind the request <c>running</c>. Each is the name of an endpoint, or <c>name:value</c> with
    /// the value of its priority header. Returns the order in which all requests were served, <c>running</c> included.
    /// </summary>
    private static async Task<IEnumerable<string>> ServeAsync(TestApp app, Gate gate, params string[] requests)
    {
        var queue = app.Queue("q");
        var responses = new List<Task<HttpResponseMessage>> { app.GetAsync("/running?id=running") };
        await gate.EnteredAsync(1);
        foreach (var request in requests.Select(request => request.Split(':')))
        {
            var path = $"/{request[0]}?id={request[0]}";
            responses.Add(
                request.Length == 1 ? await app.GetAndWaitInLineAsync(path, queue) : await app.GetAndWaitInLineAsync(
                    path, queue, ("X-Priority", request[1])));
        }
        for (var entered = 2; entered <= responses.Count; entered++)
        {
            gate.LetOut();
            await gate.EnteredAsync(entered);
        }
        gate.LetOut();
        foreach (var response in await Task.WhenAll(responses))
            response.Dispose();
        await Books.BalanceAsync(queue, ran: responses.Count);
        return gate.Order;
    }

    private static Task<TestApp> StartAsync(string settings, Gate gate, Action<IServiceCollection>? services = null) =>
        TestApp.StartAsync(settings, app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/running", gate.PassAsync).WithQueue("q");
            app.MapGet("/low", gate.PassAsync).WithQueue("q", JobPriority.Low);
            app.MapGet("/normal", gate.PassAsync).WithQueue("q");
            app.MapGet("/high", [Queued("q", Priority = JobPriority.High)] (context) => gate.PassAsync(context));
            app.MapGet("/critical", gate.PassAsync).WithQueue("q", JobPriority.Critical);
        }, services);
}
