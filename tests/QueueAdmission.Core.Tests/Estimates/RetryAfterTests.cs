using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Estimates;

/// <summary>Verifies the Retry-After of refused jobs in a real queue, with its clock and its measurements.</summary>
public sealed class RetryAfterTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Refusals_FarApartWithoutWaiters_GetAShortRetryAfter()
    {
        using var queue = new JobQueue(Settings(capacity: 0), _time);

        for (var i = 0; i < 200; i++)
        {
            using (queue.TryEnter())
                Assert.InRange(
                    queue.TryEnter().Rejection!.Value.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public void Refusals_AtAMeasuredRate_ComeBackWhenTheWaitersAreServed()
    {
        using var queue = new JobQueue(Settings(capacity: 50), _time);
        var lease = queue.TakeAllWorkers().Single();
        var waiters = new Queue<ValueTask<QueueLease>>(queue.ParkMany(50));
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(200));
            lease.Dispose();
            lease = waiters.Dequeue().Admitted();
            waiters.Enqueue(queue.Park());
        }

        // 50 jobs wait, and 5 per second are served. Half of this rate is reserved for callers that return.
        Assert.InRange(queue.EnterAsync().RetryAfter(), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(12));
    }

    [Fact]
    public void ExpectedWait_OfAQueueThatWasPaused_IsThatOfItsWork()
    {
        using var queue = new JobQueue(Settings(capacity: 50), _time);
        Assert.Equal(TimeSpan.Zero, queue.GetSnapshot().ExpectedWait);
        var lease = queue.TakeAllWorkers().Single();
        Assert.Null(queue.GetSnapshot().ExpectedWait);
        var waiters = new Queue<ValueTask<QueueLease>>(queue.ParkMany(10));
        for (var i = 0; i < 10; i++)
        {
            if (i == 5)
            {
                queue.Pause();
                _time.Advance(TimeSpan.FromMinutes(10));
                Assert.Null(queue.GetSnapshot().ExpectedWait);
                queue.Resume();
            }
            _time.Advance(TimeSpan.FromMilliseconds(200));
            lease.Dispose();
            lease = waiters.Dequeue().Admitted();
            waiters.Enqueue(queue.Park());
        }

        Assert.Equal(11 * 0.2, queue.GetSnapshot().ExpectedWait!.Value.TotalSeconds, 0.01);
    }

    [Theory]
    [InlineData(1_500, 60_000)]
    [InlineData(1_500, 1_600)]
    public void Refusals_WithAFractionOfASecondAsTheLeast_GetWholeSecondsAndNotLess(int least, int most)
    {
        var settings = Settings(capacity: 0);
        (settings.MinRetryAfter, settings.MaxRetryAfter) = (
            TimeSpan.FromMilliseconds(least), TimeSpan.FromMilliseconds(most));
        using var queue = new JobQueue(settings, _time);
        queue.TakeAllWorkers();

        Assert.All(
            Enumerable.Range(0, 100),
            _ => Assert.InRange(queue.EnterAsync().RetryAfter(), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60)));
    }
}
