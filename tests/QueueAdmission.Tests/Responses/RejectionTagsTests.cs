using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Responses;

public sealed class RejectionTagsTests
{
    private const string Queue = "queue_admission.queue";
    private const string Reason = "queue_admission.reason";

    [Theory]
    [InlineData("/endpoint")]
    [InlineData("/entered")]
    [InlineData("/started")]
    public async Task Request_Rejected_IsNamedOnItsActivityAndItsMeasurement(string path)
    {
        await using var app = await StartAsync();
        var ended = new ConcurrentQueue<Activity>();
        using var listener = Listen(app, ended);
        using var requests = new MetricCollector<double>(
            app.App.Services.GetRequiredService<IMeterFactory>(), "Microsoft.AspNetCore.Hosting",
            "http.server.request.duration");
        using var busy = app.Queue("a").TryEnter();

        using var response = await app.GetAsync(path);

        await Eventually.TrueAsync(() => requests.GetMeasurementSnapshot().Count == 1);
        await Eventually.TrueAsync(() => !ended.IsEmpty);
        var measured = requests.GetMeasurementSnapshot().Single().Tags;
        var activity = Assert.Single(ended);
        Assert.Equal(("a", "queue_full"), (measured[Queue], measured[Reason]));
        Assert.Equal(("a", "queue_full"), (activity.GetTagItem(Queue), activity.GetTagItem(Reason)));
    }

    [Fact]
    public async Task Request_Admitted_HasNoTags()
    {
        await using var app = await StartAsync();
        var ended = new ConcurrentQueue<Activity>();
        using var listener = Listen(app, ended);
        using var requests = new MetricCollector<double>(
            app.App.Services.GetRequiredService<IMeterFactory>(), "Microsoft.AspNetCore.Hosting",
            "http.server.request.duration");

        using var response = await app.GetAsync("/endpoint");

        await Eventually.TrueAsync(() => requests.GetMeasurementSnapshot().Count == 1);
        await Eventually.TrueAsync(() => !ended.IsEmpty);
        Assert.False(requests.GetMeasurementSnapshot().Single().Tags.ContainsKey(Queue));
        Assert.Null(Assert.Single(ended).GetTagItem(Queue));
    }

    [Fact]
    public async Task Request_CurrentActivityIsAnother_TheTagsAreOnThatOfTheRequest()
    {
        using var ofTheRequest = NewActivity();
        using var inner = NewActivity();
        var request = new RejectedRequest();
        request.Context.Features.Set<IHttpActivityFeature>(new ActivityFeature(ofTheRequest));
        Activity.Current = inner;

        await request.RefuseAsync();

        Assert.Equal("checkout", ofTheRequest.GetTagItem(Queue));
        Assert.Empty(inner.TagObjects);
    }

    [Fact]
    public async Task Request_ActivityWantsNoData_StaysWithoutTags()
    {
        using var activity = NewActivity();
        activity.IsAllDataRequested = false;
        var request = new RejectedRequest();
        request.Context.Features.Set<IHttpActivityFeature>(new ActivityFeature(activity));

        await request.RefuseAsync();

        Assert.Empty(activity.TagObjects);
    }

    [Fact]
    public async Task Request_MetricsDisabled_StaysWithoutTags()
    {
        var measured = new MetricsTags { MetricsDisabled = true };
        var request = new RejectedRequest();
        request.Context.Features.Set<IHttpMetricsTagsFeature>(measured);

        await request.RefuseAsync();

        Assert.Empty(measured.Tags);
    }

    [Fact]
    public async Task Request_RejectedTwice_IsNamedOnceByTheLastRejection()
    {
        using var activity = NewActivity();
        var measured = new MetricsTags();
        measured.Tags.Add(new("mine", 1));
        var request = new RejectedRequest();
        request.Context.Features.Set<IHttpActivityFeature>(new ActivityFeature(activity));
        request.Context.Features.Set<IHttpMetricsTagsFeature>(measured);

        await request.RefuseAsync(queue: RejectedRequest.NewQueue("first"));
        await request.RefuseAsync(
            new Rejection(RejectionReason.Draining, TimeSpan.FromSeconds(1)), RejectedRequest.NewQueue("second"));

        Dictionary<string, object?> expected = new() { ["mine"] = 1, [Queue] = "second", [Reason] = "draining" };
        Assert.Equal(expected, measured.Tags.ToDictionary());
        expected.Remove("mine");
        Assert.Equal(expected, activity.TagObjects.ToDictionary());
    }

    [Fact]
    public async Task Request_TagsCannotBeSet_IsAnsweredAsEver()
    {
        var request = new RejectedRequest();
        request.Context.Features.Set<IHttpMetricsTagsFeature>(
            new MetricsTags { Tags = Array.Empty<KeyValuePair<string, object?>>() });

        await request.RefuseAsync();

        Assert.Equal(503, request.Response.StatusCode);
        Assert.Equal("queue_full", request.Json.GetProperty("reason").GetString());
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(
        "Queues:a:Workers=1 Queues:a:PartitionCapacity=0",
        app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/endpoint", () => "ran").WithQueue("a");
            app.MapGet("/entered", async (HttpContext context) =>
            {
                using var lease = await context.EnterQueueAsync("a");
            });
            app.MapGet("/started", async (HttpContext context) =>
            {
                await context.Response.StartAsync();
                using var lease = await context.EnterQueueAsync("a");
            });
        });
    /// <summary>
    /// Listens to the activities of the application's requests. Their trace id distinguishes them from those of other
    /// tests.
    /// </summary>
    private static ActivityListener Listen(TestApp app, ConcurrentQueue<Activity> ended)
    {
        var trace = ActivityTraceId.CreateRandom();
        app.Client.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace)
                    ended.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static Activity NewActivity() => new Activity("test") { IsAllDataRequested = true }.Start();

    private sealed class ActivityFeature(Activity activity) : IHttpActivityFeature
    {
        public Activity Activity { get; set; } = activity;
    }

    private sealed class MetricsTags : IHttpMetricsTagsFeature
    {
        public ICollection<KeyValuePair<string, object?>> Tags { get; init; } = [];

        public bool MetricsDisabled { get; set; }
    }
}
