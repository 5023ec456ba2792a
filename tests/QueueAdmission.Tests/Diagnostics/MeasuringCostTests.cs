using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission.Diagnostics;

public sealed class MeasuringCostTests
{
    private const int Requests = 1_000;

    // The admission of a request is one object. It contains the start time of the job, so a listener costs no further
    // memory.
    private const int AdmissionBytes = 40;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Admitted_SynchronousHandler_AllocatesItsAdmission(bool listened)
    {
        await using var app = await StartAsync();
        using var listener = listened ? Listen(app) : null;
        var call = Pipeline(app, _ => Task.CompletedTask);
        var context = NewContext(app);

        Assert.Equal(AdmissionBytes, Measure(() => call(context)));
        Assert.Equal(2 * Requests, app.Queue("a").GetSnapshot().Ran);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Admitted_AsynchronousHandler_AllocatesItsAdmissionAndOneContinuation(bool listened)
    {
        await using var app = await StartAsync();
        using var listener = listened ? Listen(app) : null;
        TaskCompletionSource? handling = null;
        RequestDelegate handler = _ => (handling = new TaskCompletionSource()).Task;
        var context = NewContext(app);
        void Request(RequestDelegate call)
        {
            var request = call(context);
            handling!.SetResult();
            Assert.True(request.IsCompletedSuccessfully);
        }

        var queued = Pipeline(app, handler);

        Assert.Equal(AdmissionBytes + 96, Measure(() => Request(queued)) - Measure(() => Request(handler)));
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync("Queues:a:Workers=1", app =>
    {
        app.UseRouting();
        app.MapGet("/a", () => "").WithQueue("a");
        app.UseEndpoints(_ => { });
    });

    /// <summary>Builds a pipeline of the middleware and the handler, without a server.</summary>
    private static RequestDelegate Pipeline(TestApp app, RequestDelegate handler)
    {
        var pipeline = ((IApplicationBuilder)app.App).New().UseQueuedAdmission();
        pipeline.Run(handler);
        return pipeline.Build();
    }

    private static DefaultHttpContext NewContext(TestApp app)
    {
        var context = new DefaultHttpContext { RequestServices = app.App.Services };
        context.SetEndpoint(app.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.Single());
        return context;
    }

    private static MeterListener Listen(TestApp app)
    {
        var meters = app.App.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Meter.Name == "QueueAdmission")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        listener.Start();
        return listener;
    }

    /// <summary>
    /// Returns the allocated bytes per call, after the code has been compiled with full optimization.
    /// </summary>
    private static double Measure(Action call)
    {
        for (var i = 0; i < Requests; i++)
            call();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Requests; i++)
            call();
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Requests;
    }
}
