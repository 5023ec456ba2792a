using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Adaptive;

public sealed class AdaptiveWorkersTests : IDisposable
{
    private const int Start = 10;

    private readonly FakeTimeProvider _time = new();
    private readonly JobQueue _queue;

    public AdaptiveWorkersTests() =>
        _queue = new JobQueue(
            new() { Workers = Start, PartitionCapacity = 0, AdaptiveWorkers = true, MinWorkers = 4, MaxWorkers = 12 },
            _time);

    [Fact]
    public void Overload_Reported_TakesAQuarterOfTheWorkersAWindow()
    {
        RunJobs(190, lease => lease.ReportOverload());

        Assert.Equal(8, _queue.GetSnapshot().Workers);
    }

    [Fact]
    public void Overload_ReportedForLong_LeavesTheLeastWorkers()
    {
        RunJobs(4_000, lease => lease.ReportOverload());

        Assert.Equal(4, _queue.GetSnapshot().Workers);
    }

    [Fact]
    public void NothingBecomesSlower_WorkersGrowToTheMost()
    {
        RunJobs(4_000);

        Assert.Equal(12, _queue.GetSnapshot().Workers);
    }

    [Fact]
    public void IgnoredLatencies_ChangeNothing()
    {
        RunJobs(4_000, lease => lease.IgnoreLatency());

        Assert.Equal(Start, _queue.GetSnapshot().Workers);
    }

    [Fact]
    public async Task JobsThatFail_ChangeNothing()
    {
        for (var i = 0; i < 2_000; i++)
            await Assert.ThrowsAsync<TimeoutException>(() => _queue.RunAsync(_ => throw new TimeoutException()));

        Assert.Equal(Start, _queue.GetSnapshot().Workers);
    }

    [Fact]
    public void Update_OfTheBoundsOrTheNominalNumber_BoundsOrRestartsTheSearch()
    {
        RunJobs(4_000);

        _queue.Update(settings => (settings.PartitionCapacity, settings.MaxWorkers) = (5, 11));
        Assert.Equal(11, _queue.GetSnapshot().Workers);

        _queue.Update(settings => settings.Workers = 6);
        Assert.Equal(6, _queue.GetSnapshot().Workers);
    }

    [Fact]
    public void Update_OfOtherSettings_LeavesTheWorkersAndTheSettings()
    {
        RunJobs(4_000);

        _queue.Update(settings => settings.PartitionCapacity = 5);

        Assert.Equal((12, Start), (_queue.GetSnapshot().Workers, _queue.GetSnapshot().Settings.Workers));
        Assert.Equal([new WorkerCap("settings", 12), new WorkerCap("adaptive", 12)], _queue.GetSnapshot().WorkerCaps);
    }

    [Fact]
    public void Override_LetsTheSearchRest_AndItGoesOnFromWhatItHadFound()
    {
        RunJobs(4_000, lease => lease.ReportOverload());

        _queue.SetWorkersOverride(7);
        Assert.False(_queue.Engine.MeasuresLatency);
        RunJobs(4_000);
        Assert.Equal(7, _queue.GetSnapshot().Workers);
        _queue.SetWorkersOverride(null);

        Assert.Equal(4, _queue.GetSnapshot().Workers);
        RunJobs(4_000);
        Assert.Equal(12, _queue.GetSnapshot().Workers);
    }

    [Fact]
    public void AnotherCap_BelowTheWorkersFound_IsNoSignThatMoreAreNeeded()
    {
        _queue.SetWorkerCap("lease", 5);

        RunJobs(4_000);

        Assert.Equal(5, _queue.GetSnapshot().Workers);
        _queue.RemoveWorkerCap("lease");
        Assert.Equal(Start, _queue.GetSnapshot().Workers);
    }

    [Fact]
    public void WithoutAdaptiveWorkers_NoJobIsTimed()
    {
        _queue.Update(settings => settings.AdaptiveWorkers = false);

        Assert.False(_queue.Engine.MeasuresLatency);
        RunJobs(4_000);
        Assert.Equal(Start, _queue.GetSnapshot().Workers);
    }

    public void Dispose() => _queue.Dispose();

    /// <summary>Runs jobs of 10 ms each, and keeps all workers busy.</summary>
    private void RunJobs(int jobs, Action<QueueLease>? beforeItEnds = null)
    {
        var running = new Queue<QueueLease>();
        for (var job = 0; job < jobs; job++)
        {
            while (_queue.TryEnter() is { IsAdmitted: true } lease)
                running.Enqueue(lease);
            _time.Advance(TimeSpan.FromMilliseconds(10) / running.Count);
            var ending = running.Dequeue();
            beforeItEnds?.Invoke(ending);
            ending.Dispose();
        }
        while (running.TryDequeue(out var lease))
            lease.Dispose();
    }
}
