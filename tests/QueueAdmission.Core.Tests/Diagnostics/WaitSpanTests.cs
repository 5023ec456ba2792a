using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Diagnostics;

public sealed class WaitSpanTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Wait_Granted_IsAChildOfTheWaitersActivity()
    {
        var queue = NewQueue("granted", partitions: 2);
        using var spans = new SpanWatch("granted");
        var leases = queue.TakeAllWorkers();
        _ = queue.Park();

        async Task<(ActivitySpanId, QueueLease)> WaitAsync()
        {
            using var request = new Activity("request").Start();
            var lease = await queue.EnterAsync(TestContext.Current.CancellationToken);
            Assert.Same(request, Activity.Current);
            return (request.SpanId, lease);
        }

        var waiting = WaitAsync();
        _clock.Advance(TimeSpan.FromSeconds(3));
        leases[0].Dispose();
        queue.Update(settings => settings.Workers = 2);
        var (parent, _) = await waiting;

        var span = Assert.Single(spans.Ended);
        Assert.Equal(
            ("wait granted", ActivityKind.Internal, parent), (span.OperationName, span.Kind, span.ParentSpanId));
        Assert.Equal(TimeSpan.FromSeconds(3), span.Duration);
        Assert.Equal(_clock.GetUtcNow().UtcDateTime - TimeSpan.FromSeconds(3), span.StartTimeUtc);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Equal(
            ["queue_admission.outcome=admitted", "queue_admission.partition=1", "queue_admission.queue=granted"],
            span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Wait_TimedOut_IsAnErrorWithItsReason()
    {
        var queue = NewQueue("late");
        using var spans = new SpanWatch("late");
        queue.TakeAllWorkers();

        var waiting = queue.Park();
        _clock.Advance(TimeSpan.FromSeconds(10));
        await waiting;

        var span = Assert.Single(spans.Ended);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(
            ("rejected", "wait_timeout"),
            (span.GetTagItem("queue_admission.outcome"), span.GetTagItem("queue_admission.reason")));
    }

    [Fact]
    public async Task Wait_Abandoned_SaysSo()
    {
        var queue = NewQueue("left");
        using var spans = new SpanWatch("left");
        using var leaves = new CancellationTokenSource();
        queue.TakeAllWorkers();

        var waiting = queue.Park(leaves.Token);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);

        var span = Assert.Single(spans.Ended);
        Assert.Equal(
            (ActivityStatusCode.Unset, "abandoned"), (span.Status, span.GetTagItem("queue_admission.outcome")));
    }

    [Fact]
    public async Task NoWait_AdmittedOrRefused_HasNoSpan()
    {
        var queue = NewQueue("direct", capacity: 0);
        using var spans = new SpanWatch("direct");

        using var lease = await queue.EnterAsync(TestContext.Current.CancellationToken);
        var refused = await queue.EnterAsync(TestContext.Current.CancellationToken);

        Assert.True(lease.IsAdmitted);
        Assert.False(refused.IsAdmitted);
        Assert.Empty(spans.Ended);
    }

    private JobQueue NewQueue(string name, int partitions = 1, int capacity = 10) =>
        new(Staging.Settings(workers: 1, partitions, capacity, TimeSpan.FromSeconds(10)), _clock, name);

    /// <summary>Records the spans of one queue only, because other tests run in parallel.</summary>
    private sealed class SpanWatch : IDisposable
    {
        private readonly ActivityListener _listener;

        public SpanWatch(string queue)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "QueueAdmission",
                Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = span =>
                {
                    if (queue.Equals(span.GetTagItem("queue_admission.queue")))
                        Ended.Enqueue(span);
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public ConcurrentQueue<Activity> Ended { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
