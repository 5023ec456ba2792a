using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Jobs;

public sealed class JobTraitsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_001)]
    public void KeyShare_OutOfItsRange_IsRefused(int share) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new JobTraits { Key = "a", KeyShare = share });

    [Fact]
    public void KeyShare_WhereNothingIsSaid_IsOne() => Assert.Equal(1, default(JobTraits).KeyShare);

    [Fact]
    public void Traits_OfAJobThatSaysNothing_AreTheDocumentedOnes()
    {
        var traits = default(JobTraits);

        Assert.Equal(
            (null, JobPriority.Normal, 1, null), (traits.Key, traits.Priority, traits.Weight, traits.Deadline));
        Assert.Null(traits.JobState);
    }

    [Fact]
    public void Tag_Alone_TravelsWithoutARecord()
    {
        var tag = new object();

        Assert.Same(tag, new JobTraits { Tag = tag }.JobState);
        Assert.Same(tag, Assert.IsType<JobRecord>(new JobTraits { Tag = tag, Key = "a" }.JobState).Tag);
    }

    [Fact]
    public void Deadline_Infinite_IsNone()
    {
        Assert.Null(new JobTraits { Deadline = Timeout.InfiniteTimeSpan }.Deadline);
        Assert.Null(new JobTraits { Deadline = Timeout.InfiniteTimeSpan }.JobState);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task Deadline_InfiniteOrVeryLong_WaitsAsLongAsTheQueueAllows(long milliseconds)
    {
        var deadline = milliseconds == long.MaxValue ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(milliseconds);
        var time = new FakeTimeProvider();
        using var queue = new JobQueue(Settings(maxWait: TimeSpan.FromMinutes(1)), time);
        var traits = new JobTraits { Deadline = deadline };

        using var free = await queue.EnterAsync(traits, TestContext.Current.CancellationToken);
        Assert.True(free.IsAdmitted);
        var waiting = queue.EnterAsync(traits, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(RejectionReason.WaitTimeout, waiting.Refused());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-10_001)]
    [InlineData(-TimeSpan.TicksPerSecond)]
    [InlineData(long.MinValue)]
    public void Deadline_ThatHasPassed_IsRefusedAlsoWhereAWorkerIsFree(long ticks)
    {
        using var queue = new JobQueue(Settings());

        Assert.Equal(
            RejectionReason.DeadlineTooClose,
            queue.EnterAsync(new JobTraits { Deadline = TimeSpan.FromTicks(ticks) }).Refused());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Weight_BelowOne_IsRefused(int weight) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new JobTraits { Weight = weight });

    [Theory]
    [InlineData((JobPriority)(-2))]
    [InlineData((JobPriority)3)]
    public void Priority_ThatDoesNotExist_IsRefused(JobPriority priority) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new JobTraits { Priority = priority });
}
