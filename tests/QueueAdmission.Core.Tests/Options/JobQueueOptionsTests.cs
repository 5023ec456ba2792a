using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using QueueAdmission.Doubles;

namespace QueueAdmission.Options;

public sealed class JobQueueOptionsTests
{
    [Fact]
    public void Defaults_AreTheDocumentedOnes()
    {
        var o = new JobQueueOptions();

        Assert.Equal((16, 1, 100), (o.Workers, o.Partitions, o.PartitionCapacity));
        Assert.Equal(TimeSpan.FromSeconds(10), o.MaxWait);
        Assert.Equal(QueueProcessingOrder.OldestFirst, o.Order);
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)), (o.MinRetryAfter, o.MaxRetryAfter));
        Assert.Equal((false, null), (o.PartitionByKey, o.MaxWorkersPerKey));
        Assert.Equal((false, null, null), (o.OverloadControl, o.OverloadTarget, o.OverloadInterval));
        Assert.Equal((false, 1, 100), (o.AdaptiveWorkers, o.MinWorkers, o.MaxWorkers));
    }

    [Fact]
    public void Partitions_WithKeysAndNotSet_Are64() =>
        Assert.Equal(64, new JobQueueOptions { PartitionByKey = true }.Partitions);

    [Fact]
    public void Partitions_WithKeysAndSet_AreWhatWasSet() =>
        Assert.Equal(1, new JobQueueOptions { Partitions = 1, PartitionByKey = true }.Partitions);

    [Fact]
    public void Partitions_OfAQueueThatTurnsToKeys_FollowUnlessTheyWereSet()
    {
        using var queue = new JobQueue(new());

        queue.Update(o => o.PartitionByKey = true);

        Assert.Equal(64, queue.GetSnapshot().WaitingByPartition.Count);
    }

    public static TheoryData<string, Action<JobQueueOptions>> Edges => new()
    {
        { "Workers least", o => o.Workers = 1 },
        { "Workers most", o => o.Workers = 100_000 },
        { "Partitions most", o => (o.Partitions, o.PartitionCapacity) = (4_096, 244) },
        { "PartitionCapacity least", o => o.PartitionCapacity = 0 },
        { "PartitionCapacity most", o => o.PartitionCapacity = 1_000_000 },
        { "Places most", o => (o.Partitions, o.PartitionCapacity) = (1_000, 1_000) },
        { "MaxWait least", o => o.MaxWait = TimeSpan.Zero },
        { "MaxWait most", o => o.MaxWait = TimeSpan.FromHours(1) },
        { "MaxWait infinite", o => o.MaxWait = Timeout.InfiniteTimeSpan },
        { "MaxWorkersPerKey least", o => o.MaxWorkersPerKey = 1 },
        { "MaxWorkersPerKey most", o => o.MaxWorkersPerKey = 100_000 },
        { "Overload least", o => o.OverloadTarget = o.OverloadInterval = TimeSpan.FromMilliseconds(1) },
        { "Overload most", o => o.OverloadTarget = o.OverloadInterval = TimeSpan.FromHours(1) },
        { "Adaptive, no room", o => (o.AdaptiveWorkers, o.MinWorkers, o.MaxWorkers) = (true, o.Workers, o.Workers) },
        { "Adaptive off, bounds elsewhere", o => (o.MinWorkers, o.MaxWorkers) = (100_000, 1) },
        { "RetryAfter least", o => o.MinRetryAfter = o.MaxRetryAfter = TimeSpan.FromSeconds(1) },
        { "RetryAfter most", o => o.MinRetryAfter = o.MaxRetryAfter = TimeSpan.FromHours(1) },
    };

    [Theory]
    [MemberData(nameof(Edges))]
    public void Setting_AtTheEdgeOfItsRange_IsTaken(string edge, Action<JobQueueOptions> set)
    {
        using var queue = new JobQueue(new());

        queue.Update(set);

        Assert.True(queue.TryEnter().IsAdmitted, edge);
    }

    public static TheoryData<string, string, string, Action<JobQueueOptions>> BeyondTheEdges => new()
    {
        { "Workers", "0", "1 to 100,000", o => o.Workers = 0 },
        { "Workers", "-3", "1 to 100,000", o => o.Workers = -3 },
        { "Workers", "100001", "1 to 100,000", o => o.Workers = 100_001 },
        { "Partitions", "0", "1 to 4,096", o => o.Partitions = 0 },
        { "Partitions", "4097", "1 to 4,096", o => (o.Partitions, o.PartitionCapacity) = (4_097, 1) },
        { "PartitionCapacity", "-1", "0 to 1,000,000", o => o.PartitionCapacity = -1 },
        { "PartitionCapacity", "1000001", "0 to 1,000,000", o => o.PartitionCapacity = 1_000_001 },
        {
            "PartitionCapacity", "500001 with 2 Partitions", "up to 1,000,000",
            o => (o.Partitions, o.PartitionCapacity) = (2, 500_001)
        },
        { "MaxWait", "-00:00:01", "00:00:00 to 01:00:00, or infinite", o => o.MaxWait = TimeSpan.FromSeconds(-1) },
        {
            "MaxWait", "01:00:00.0000001", "00:00:00 to 01:00:00, or infinite",
            o => o.MaxWait = TimeSpan.FromHours(1) + TimeSpan.FromTicks(1)
        },
        { "Order", "7", "OldestFirst, NewestFirst", o => o.Order = (QueueProcessingOrder)7 },
        { "MaxWorkersPerKey", "0", "1 to 100,000", o => o.MaxWorkersPerKey = 0 },
        { "MaxWorkersPerKey", "100001", "1 to 100,000", o => o.MaxWorkersPerKey = 100_001 },
        {
            "OverloadTarget", "00:00:00.0009999", "00:00:00.001 to 01:00:00",
            o => o.OverloadTarget = TimeSpan.FromTicks(9_999)
        },
        {
            "OverloadInterval", "01:00:01", "00:00:00.001 to 01:00:00",
            o => o.OverloadInterval = TimeSpan.FromSeconds(3_601)
        },
        { "MinWorkers", "0", "1 to 100,000", o => o.MinWorkers = 0 },
        { "MinWorkers", "17", "at most Workers, which is 16", o => (o.AdaptiveWorkers, o.MinWorkers) = (true, 17) },
        { "MaxWorkers", "100001", "1 to 100,000", o => o.MaxWorkers = 100_001 },
        { "MaxWorkers", "15", "at least Workers, which is 16", o => (o.AdaptiveWorkers, o.MaxWorkers) = (true, 15) },
        {
            "MinRetryAfter", "00:00:00.9990000", "00:00:01 to 01:00:00",
            o => o.MinRetryAfter = TimeSpan.FromMilliseconds(999)
        },
        { "MaxRetryAfter", "01:00:01", "00:00:01 to 01:00:00", o => o.MaxRetryAfter = TimeSpan.FromSeconds(3_601) },
        {
            "MaxRetryAfter", "00:00:05", "at least MinRetryAfter, which is 00:00:06",
            o => (o.MinRetryAfter, o.MaxRetryAfter) = (TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(5))
        },
    };

    [Theory]
    [MemberData(nameof(BeyondTheEdges))]
    public void Setting_BeyondItsRange_IsRefusedWithKeyValueAndRange(
        string key, string value, string range, Action<JobQueueOptions> set)
    {
        using var queue = new JobQueue(new(), name: "orders");
        var bad = new JobQueueOptions();
        set(bad);

        var onUpdate = Assert.Throws<OptionsValidationException>(() => queue.Update(set));
        var onStart = Assert.Throws<OptionsValidationException>(() => new JobQueue(bad, name: "orders"));

        var failure = Assert.Single(onUpdate.Failures);
        Assert.Contains("'orders'", failure);
        Assert.Contains(key, failure);
        Assert.Contains(value, failure);
        Assert.Contains(range, failure);
        Assert.Equal(onUpdate.Failures, onStart.Failures);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("Gpt-4.1_large")]
    public void Name_OfAllowedCharacters_IsTaken(string name)
    {
        using var queue = new JobQueue(new(), name: name);

        Assert.Equal(name, queue.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void Name_OfOtherCharactersOrTooLong_IsRefused(string name) =>
        Assert.Throws<ArgumentException>("name", () => new JobQueue(new(), name: name));

    [Fact]
    public void Queue_WithoutOptionsOrName_Throws()
    {
        Assert.Throws<ArgumentNullException>("options", () => new JobQueue(null!));
        Assert.Throws<ArgumentNullException>("name", () => new JobQueue(new(), name: null!));
        using var queue = new JobQueue(new());
        Assert.Throws<ArgumentNullException>("change", () => queue.Update(null!));
    }

    [Fact]
    public void MaxWaiting_BesidePartitionCapacity_IsAnErrorThatNamesBoth()
    {
        var error = ErrorOf(new JobQueueOptions { MaxWaiting = 500, PartitionCapacity = 25 });

        Assert.Contains("MaxWaiting is 500", error, StringComparison.Ordinal);
        Assert.Contains("PartitionCapacity, which is 25", error, StringComparison.Ordinal);
    }

    [Fact]
    public void MaxWaitingPerKey_BesidePartitionCapacity_IsAnErrorThatNamesBoth()
    {
        var error = ErrorOf(
            new JobQueueOptions { PartitionByKey = true, MaxWaitingPerKey = 5, PartitionCapacity = 25 });

        Assert.Contains("MaxWaitingPerKey is 5", error, StringComparison.Ordinal);
        Assert.Contains("PartitionCapacity, which is 25", error, StringComparison.Ordinal);
    }

    [Fact]
    public void MaxWaitingPerKey_AboveMaxWaiting_IsAnErrorThatNamesBoth() => Assert.Contains(
        "MaxWaitingPerKey is 51; allowed: at most MaxWaiting, which is 50",
        ErrorOf(new JobQueueOptions { PartitionByKey = true, MaxWaitingPerKey = 51, MaxWaiting = 50 }),
        StringComparison.Ordinal);

    [Fact]
    public void MaxWaitingPerKey_WithoutKeys_IsAnError() => Assert.Contains(
        "MaxWaitingPerKey is 5; allowed: only with keys",
        ErrorOf(new JobQueueOptions { MaxWaitingPerKey = 5 }),
        StringComparison.Ordinal);

    [Fact]
    public void MaxWaiting_ThatPartitionsCannotShare_IsAnError() => Assert.Contains(
        "MaxWaiting is 10; allowed: a multiple of Partitions, which is 4",
        ErrorOf(new JobQueueOptions { MaxWaiting = 10, Partitions = 4 }),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(false, null, null, null, 100, 100)]
    [InlineData(false, 500, null, null, 500, 500)]
    [InlineData(false, null, 20, null, 20, 20)]
    [InlineData(true, null, null, null, 1_000, 100)]
    [InlineData(true, 50, null, null, 50, 50)]
    [InlineData(true, 2_000, null, 50, 2_000, 50)]
    [InlineData(true, null, null, 5_000, 5_000, 5_000)]
    [InlineData(true, null, 20, null, 1_280, 20)]
    public void Room_OfAQueue_IsWhatTheSettingsSay(
        bool byKey, int? maxWaiting, int? capacity, int? perKey, int places, int placesPerKey)
    {
        var settings =
            new JobQueueOptions { PartitionByKey = byKey, MaxWaiting = maxWaiting, MaxWaitingPerKey = perKey };
        if (capacity is { } given)
            settings.PartitionCapacity = given;

        JobQueueOptionsValidator.ThrowIfInvalid("q", settings);

        Assert.Equal((places, placesPerKey), (settings.Places, settings.PlacesPerKey));
    }

    [Fact]
    public void MaxWaiting_OfAQueueWithoutKeys_BoundsItsWaiters()
    {
        using var queue = new JobQueue(new JobQueueOptions { Workers = 1, Partitions = 2, MaxWaiting = 4 });
        queue.TryEnter();

        var waiting = Enumerable.Range(0, 5).Select(_ => queue.EnterAsync()).ToArray();

        Assert.Equal([4], Enumerable.Range(0, 5).Where(i => waiting[i].IsCompleted));
        Assert.Equal(RejectionReason.QueueFull, waiting[4].Refused());
    }

    private static string ErrorOf(JobQueueOptions settings) =>
        Assert.Throws<OptionsValidationException>(
            () => JobQueueOptionsValidator.ThrowIfInvalid("q", settings)).Message;
}
