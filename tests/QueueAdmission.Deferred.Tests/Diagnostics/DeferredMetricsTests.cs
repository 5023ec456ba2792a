using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using QueueAdmission.Deferred.Doubles;

namespace QueueAdmission.Deferred.Diagnostics;

public sealed class DeferredMetricsTests
{
    [Fact]
    public async Task Attempts_OfEachOutcome_AreCountedByQueue()
    {
        await using var app = await StartAsync("Queues:posts:Deferred:MaxAttempts=2", context =>
        {
            if (context.Request.Query["fail"] == "yes")
                throw new InvalidOperationException("no luck");
        });
        using var accepted = Collect<long>(app, "queue_admission.deferred.accepted");
        using var attempts = Collect<long>(app, "queue_admission.deferred.attempts");

        await app.AcceptAsync("/posts");
        await app.AcceptAsync("/posts");
        await app.AcceptAsync("/posts?fail=yes");
        await app.RunAllAsync();
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        await app.RunAllAsync();

        Assert.Equal((3, 4), (Sum(accepted), Sum(attempts)));
        Assert.Equal(
            ["posts", "posts"],
            [.. Tags(accepted, "queue_admission.queue"), .. Tags(attempts, "queue_admission.queue")]);
        Assert.Equal((2, 1, 1), (Outcome("done"), Outcome("retry"), Outcome("dead")));

        long Outcome(string outcome) => attempts.GetMeasurementSnapshot()
            .Where(attempt => (string?)attempt.Tags["queue_admission.deferred.outcome"] == outcome).Sum(
                attempt => attempt.Value);
    }

    [Fact]
    public async Task Request_Refused_IsCountedByReason()
    {
        await using var app = await StartAsync("Queues:posts:Deferred:MaxWaiting=1 Queues:posts:Deferred:Run=false");
        using var refused = Collect<long>(app, "queue_admission.deferred.refused");
        await app.AcceptAsync("/posts");

        using var response = await app.SendAsync(HttpMethod.Post, "/posts");

        Assert.Equal(1, Sum(refused));
        Assert.Equal(["deferred_full"], Tags(refused, "queue_admission.reason"));
    }

    [Fact]
    public async Task Request_RefusedForItsKey_IsCountedByReason()
    {
        await using var app = await StartAsync("Queues:posts:Deferred:Run=false");
        using var refused = Collect<long>(app, "queue_admission.deferred.refused");

        foreach (var (key, path) in new[]
        {
            ("\"short\"", "/posts"),
            ("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"", "/posts"),
            ("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"", "/posts?other"),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Headers = { { "Idempotency-Key", key } },
            };
            using var response = await app.SendAsync(request);
        }

        Assert.Equal(["idempotency_key", "idempotency_key_reused"], Tags(refused, "queue_admission.reason"));
        Assert.Equal(2, Sum(refused));
    }

    [Theory]
    [InlineData(200, "in_time")]
    [InlineData(500, "later")]
    public async Task Request_ThatWaited_IsCountedByOutcome(int status, string outcome)
    {
        await using var app = await StartAsync(
            "Queues:posts:Deferred:MaxAttempts=1",
            context => context.Response.StatusCode = status,
            DeferWhen.Preferred);
        using var preferred = Collect<long>(app, "queue_admission.deferred.preferred");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/posts")
        {
            Headers = { { "Prefer", "respond-async, wait=5" } },
        };

        using var response = await app.SendAsync(request);

        var counted = Assert.Single(preferred.GetMeasurementSnapshot());
        Assert.Equal(
            (1, "posts", outcome),
            (counted.Value, counted.Tags["queue_admission.queue"], counted.Tags["queue_admission.deferred.outcome"]));
    }

    [Fact]
    public async Task Jobs_InTheStore_AreShownByStateWithTheAgeOfTheOldest()
    {
        await using var app = await StartAsync("Queues:posts:Deferred:Run=false");
        using var jobs = Collect<long>(app, "queue_admission.deferred.jobs");
        using var oldest = Collect<double>(app, "queue_admission.deferred.oldest");
        await app.AcceptAsync("/posts");
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        await app.AcceptAsync("/posts");
        // The counts are read from the store every five seconds.
        app.Clock.Advance(TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(() => app.Jobs.GetQueues() is [{ Waiting: 2 }]);

        jobs.RecordObservableInstruments();
        oldest.RecordObservableInstruments();

        Assert.Equal(
            [("waiting", 2), ("running", 0), ("dead", 0)],
            jobs.GetMeasurementSnapshot()
                .Select(state => ((string?)state.Tags["queue_admission.deferred.state"], state.Value)));
        Assert.Equal(65, Assert.Single(oldest.GetMeasurementSnapshot()).Value);
    }

    [Fact]
    public async Task Job_Ended_ItsTimeSinceAcceptanceIsRecorded()
    {
        await using var app = await StartAsync("Queues:posts:Deferred:Run=false");
        using var latency = Collect<double>(app, "queue_admission.deferred.latency");
        await app.AcceptAsync("/posts");
        app.Clock.Advance(TimeSpan.FromSeconds(30));

        app.Reload("Queues:posts:Deferred:Run=true");
        await app.RunAllAsync();

        Assert.Equal(30, Assert.Single(latency.GetMeasurementSnapshot()).Value);
    }

    [Fact]
    public async Task Store_Called_IsMeasuredByOperation()
    {
        await using var app = await StartAsync("Queues:posts:Workers=1");
        using var calls = Collect<double>(app, "queue_admission.deferred.store.duration");

        await app.AcceptAsync("/posts");
        await app.RunAllAsync();

        Assert.Subset(Tags(calls, "db.operation.name").ToHashSet(), new HashSet<string> { "accept", "advance" });
        Assert.Equal([app.Store.Open().Name], Tags(calls, "db.system.name"));
    }

    private static MetricCollector<T> Collect<T>(DeferredApp app, string name)
        where T : struct => new(app.App.Services.GetRequiredService<IMeterFactory>(), "QueueAdmission.Deferred", name);

    private static long Sum(MetricCollector<long> collector) =>
        collector.GetMeasurementSnapshot().Sum(measurement => measurement.Value);

    private static IReadOnlyList<string> Tags<T>(MetricCollector<T> collector, string name)
        where T : struct =>
            [.. collector.GetMeasurementSnapshot().Select(measurement => (string)measurement.Tags[name]!).Distinct()];

    private static Task<DeferredApp> StartAsync(
        string settings, Action<HttpContext>? handler = null, DeferWhen when = DeferWhen.Always) =>
        DeferredApp.StartAsync(settings, app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/posts", (HttpContext context) => handler?.Invoke(context)).WithQueue("posts").Defer(when);
        });
}
