using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Diagnostics;

public sealed class RequestMetricsTests
{
    private readonly Gate _gate = new();

    [Theory]
    [InlineData("/sync")]
    [InlineData("/async")]
    public async Task Job_GotAWorkerAtOnce_IsMeasuredToItsEnd(string path)
    {
        await using var app = await StartAsync();
        using var jobs = Collect<double>(app, "queue_admission.job.duration");

        var response = app.GetAsync(path);
        await FinishAsync(app, path, response);

        Assert.Equal([(5.0, "a")], jobs.GetMeasurementSnapshot().Select(job => (job.Value, QueueOf(job))));
    }

    [Fact]
    public async Task Job_Waited_IsMeasuredWithoutTheWait()
    {
        await using var app = await StartAsync();
        using var jobs = Collect<double>(app, "queue_admission.job.duration");
        using var waits = Collect<double>(app, "queue_admission.wait.duration");
        var first = app.GetAsync("/async");
        await _gate.EnteredAsync(1);

        var second = await app.GetAndWaitInLineAsync("/async", app.Queue("a"));
        app.Clock.Advance(TimeSpan.FromSeconds(3));
        _gate.LetOut();
        await _gate.EnteredAsync(2);
        app.Clock.Advance(TimeSpan.FromSeconds(4));
        _gate.LetOut();
        await Task.WhenAll(first, second);
        await Books.BalanceAsync(app.Queue("a"), ran: 2);

        await Eventually.TrueAsync(() => jobs.GetMeasurementSnapshot().Count == 2);
        Assert.Equal([3, 4], jobs.GetMeasurementSnapshot().Select(job => job.Value));
        Assert.Equal([(3.0, "a")], waits.GetMeasurementSnapshot().Select(wait => (wait.Value, QueueOf(wait))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Job_GivesItsWorkerBackEarly_IsMeasuredToThatMoment(bool afterWaiting)
    {
        await using var app = await StartAsync();
        using var jobs = Collect<double>(app, "queue_admission.job.duration");
        var busy = afterWaiting ? app.Queue("a").TryEnter() : default;

        var response =
            afterWaiting ? await app.GetAndWaitInLineAsync("/early", app.Queue("a")) : app.GetAsync("/early");
        busy.Dispose();
        await _gate.EnteredAsync(1);
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        _gate.LetOut();
        await response;

        await Eventually.TrueAsync(() => jobs.GetMeasurementSnapshot().Count == (afterWaiting ? 2 : 1));
        // The previous job may be recorded after this one.
        Assert.Equal(2, jobs.GetMeasurementSnapshot().Max(measured => measured.Value));
    }

    [Fact]
    public async Task Job_HandlerThrows_IsMeasuredAndTheExceptionGoesOn()
    {
        await using var app = await StartAsync();
        using var jobs = Collect<double>(app, "queue_admission.job.duration");

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => app.GetAsync("/throw"));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => app.GetAsync("/throw-later"));

        Assert.Equal(2, jobs.GetMeasurementSnapshot().Count);
        await Books.BalanceAsync(app.Queue("a"), ran: 2);
    }

    [Fact]
    public async Task Reloads_GoodAndBad_AreCountedAndTheLastIsShown()
    {
        await using var app = await StartAsync();
        using var reloads = Collect<long>(app, "queue_admission.configuration.reloads");
        using var good = Collect<int>(app, "queue_admission.configuration.good");
        Assert.Empty(Observe(good));

        app.Reload("Queues:a:Workers=0");
        Assert.Equal([0], Observe(good));
        app.Reload("Queues:a:Workers=2");
        Assert.Equal([1], Observe(good));

        Assert.Equal(
            [(1L, "rejected"), (1L, "applied")],
            reloads.GetMeasurementSnapshot().Select(
                reload => (reload.Value, (string)reload.Tags["queue_admission.result"]!)));
    }

    [Fact]
    public async Task Queues_OfConfigurationAndThoseThatCome_AreReported()
    {
        await using var app = await StartAsync();
        using var workers = Collect<int>(app, "queue_admission.worker.limit");

        app.Reload("Queues:b:Workers=7");
        workers.RecordObservableInstruments();

        Assert.Equal(
            [("a", 1), ("b", 7)],
            workers.GetMeasurementSnapshot().Select(measurement => (QueueOf(measurement), measurement.Value)));
    }

    [Fact]
    public async Task Wait_OfARequest_IsASpanOfTheRequest()
    {
        await using var app = await StartAsync();
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "QueueAdmission",
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.RootId == span.Parent?.Tags.FirstOrDefault(tag => tag.Key == "mine").Value)
                    spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        var busy = app.Queue("a").TryEnter();

        var response = await app.GetAndWaitInLineAsync("/traced", app.Queue("a"));
        busy.Dispose();
        await response;

        Assert.Equal("wait a", Assert.Single(spans).OperationName);
    }

    private Task<TestApp> StartAsync() => TestApp.StartAsync("Queues:a:Workers=1", app =>
    {
        app.UseRouting();
        // Replaces the activity that a server would start.
        app.Use(async (context, next) =>
        {
            using var request = new Activity("request").Start();
            request.SetTag("mine", request.RootId);
            await next(context);
        });
        app.UseQueuedAdmission();
        app.MapGet("/sync", () => Clock(app).Advance(TimeSpan.FromSeconds(5))).WithQueue("a");
        app.MapGet("/async", _gate.PassAsync).WithQueue("a");
        app.MapGet("/traced", () => "").WithQueue("a");
        app.MapGet("/throw", (HttpContext _) => throw new InvalidTimeZoneException()).WithQueue("a");
        app.MapGet("/throw-later", async (HttpContext _) =>
        {
            await Task.Yield();
            throw new InvalidTimeZoneException();
        }).WithQueue("a");
        app.MapGet("/early", async (HttpContext context) =>
        {
            Clock(app).Advance(TimeSpan.FromSeconds(2));
            context.ReleaseWorker();
            await _gate.PassAsync(context);
        }).WithQueue("a");
    });

    private async Task FinishAsync(TestApp app, string path, Task response)
    {
        if (path == "/async")
        {
            await _gate.EnteredAsync(1);
            app.Clock.Advance(TimeSpan.FromSeconds(5));
            _gate.LetOut();
        }
        await response;
        await Books.BalanceAsync(app.Queue("a"), ran: 1);
    }

    private static Microsoft.Extensions.Time.Testing.FakeTimeProvider Clock(WebApplication app) =>
        (Microsoft.Extensions.Time.Testing.FakeTimeProvider)app.Services.GetRequiredService<TimeProvider>();

    private static MetricCollector<T> Collect<T>(TestApp app, string instrument)
        where T : struct => new(app.App.Services.GetRequiredService<IMeterFactory>(), "QueueAdmission", instrument);

    private static IEnumerable<int> Observe(MetricCollector<int> collector)
    {
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot(clear: true).Select(measurement => measurement.Value);
    }

    private static string QueueOf<T>(CollectedMeasurement<T> measurement)
        where T : struct => (string)measurement.Tags["queue_admission.queue"]!;
}
