using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Control;

public sealed class WorkerCapTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly JobQueue _queue;

    public WorkerCapTests() => _queue = new JobQueue(new() { Workers = 4 }, _time);

    private int InForce => _queue.GetSnapshot().Workers;

    [Fact]
    public void Cap_BelowTheJobsThatRun_InterruptsNone_AndTheyOnlyFall()
    {
        var leases = Enumerable.Range(0, 4).Select(_ => _queue.TryEnter()).ToList();

        _queue.SetWorkerCap("lease", 2);

        Assert.Equal((2, 4), (InForce, _queue.GetSnapshot().Running));
        leases[0].Dispose();
        leases[1].Dispose();
        Assert.False(_queue.TryEnter().IsAdmitted);
        leases[2].Dispose();
        Assert.True(_queue.TryEnter().IsAdmitted);
    }

    [Fact]
    public async Task Cap_OfZero_LetsJobsWait_AndItsEndStartsThem()
    {
        _queue.SetWorkerCap("lease", 0);
        var entering = _queue.EnterAsync().AsTask();
        Assert.Equal((0, 1), (_queue.GetSnapshot().Running, _queue.GetSnapshot().Waiting));

        _queue.RemoveWorkerCap("lease");

        using var lease = await entering;
        Assert.True(lease.IsAdmitted);
    }

    [Fact]
    public async Task Cap_OfZero_WaitsEndAtMaxWait_AndRefusalsHaveARetryAfter()
    {
        _queue.SetWorkerCap("lease", 0);
        var entering = _queue.EnterAsync().AsTask();

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(RejectionReason.WaitTimeout, (await entering).Rejection!.Value.Reason);
        Assert.InRange(_queue.TryEnter().Rejection!.Value.RetryAfter.TotalSeconds, 1, 60);
    }

    [Fact]
    public async Task Cap_BelowTheWeightOfAWaiter_GivesItAllThereAre()
    {
        var first = _queue.TryEnter(new JobTraits { Weight = 4 });
        var entering = _queue.EnterAsync(new JobTraits { Weight = 3 }).AsTask();

        _queue.SetWorkerCap("lease", 0);
        first.Dispose();
        Assert.False(entering.IsCompleted);
        _queue.SetWorkerCap("lease", 2);

        using var lease = await entering;
        Assert.Equal((1, 2), (_queue.GetSnapshot().Running, _queue.GetSnapshot().WorkersInUse));
    }

    [Fact]
    public async Task Cap_Raised_StartsWaitersOfLimitedKeys()
    {
        _queue.Update(settings => settings.MaxWorkersPerKey = 2);
        _queue.SetWorkerCap("lease", 1);
        using var first = _queue.TryEnter(new JobTraits { Key = "a" });
        var entering = _queue.EnterAsync(new JobTraits { Key = "a", Weight = 1 }).AsTask();
        Assert.False(entering.IsCompleted);

        _queue.SetWorkerCap("lease", 3);

        using var second = await entering;
        Assert.True(second.IsAdmitted);
    }

    [Fact]
    public void Update_OfAnotherSetting_LeavesTheLimit()
    {
        _queue.SetWorkerCap("lease", 3);

        _queue.Update(settings => settings.PartitionCapacity = 5);
        Assert.Equal(3, InForce);
        _queue.Update(settings => settings.Workers = 2);

        Assert.Equal(2, InForce);
        Assert.Equal([new WorkerCap("settings", 2), new WorkerCap("lease", 3)], _queue.GetSnapshot().WorkerCaps);
    }

    [Fact]
    public void Override_RaisesAndLowers_AndEndsAtTheSettingsOfThatMoment()
    {
        _queue.SetWorkersOverride(9);
        Assert.Equal((9, 4), (InForce, _queue.GetSnapshot().Settings.Workers));
        Assert.True(_queue.TryEnter(new JobTraits { Weight = 9 }).IsAdmitted);

        _queue.Update(settings => settings.Workers = 6);
        Assert.Equal(9, InForce);
        _queue.SetWorkersOverride(1);
        Assert.Equal(1, InForce);
        _queue.SetWorkersOverride(null);

        Assert.Equal(6, InForce);
    }

    [Theory]
    [InlineData("settings")]
    [InlineData("adaptive")]
    [InlineData("override")]
    [InlineData("")]
    public void Name_OfTheQueueItself_Throws(string name)
    {
        Assert.Throws<ArgumentException>(() => _queue.SetWorkerCap(name, 1));
        Assert.Throws<ArgumentException>(() => _queue.RemoveWorkerCap(name));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(100_001)]
    public void Number_OutOfRange_Throws(int workers) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _queue.SetWorkerCap("lease", workers));

    [Fact]
    public void Cap_OfADisposedQueue_Throws()
    {
        _queue.Dispose();

        Assert.Throws<ObjectDisposedException>(() => _queue.SetWorkerCap("lease", 1));
    }

    public void Dispose() => _queue.Dispose();
}
