using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Fairness;

public sealed class WeightTests
{
    [Fact]
    public void Job_ThatWeighsSeveral_HoldsAsManyWorkersAndCountsOnce()
    {
        using var queue = new JobQueue(Settings(workers: 4));

        var heavy = queue.TryEnter(new JobTraits { Weight = 3 });

        var running = queue.GetSnapshot();
        Assert.Equal((1, 3, 1L), (running.Running, running.WorkersInUse, running.Arrived));
        Assert.Equal(RejectionReason.QueueFull, queue.TryEnter(new JobTraits { Weight = 2 }).Rejection!.Value.Reason);
        heavy.Dispose();
        heavy.Dispose();
        var ended = queue.GetSnapshot();
        Assert.Equal((0, 0, 1L), (ended.Running, ended.WorkersInUse, ended.Ran));
    }

    [Fact]
    public void HeavyJob_WhoseTurnItIs_IsNotOvertaken()
    {
        using var queue = new JobQueue(Settings(workers: 3));
        var running = queue.TakeAllWorkers();
        var heavy = queue.EnterAsync(new JobTraits { Weight = 2 });
        var light = queue.Park();

        running[0].Dispose();
        var newcomer = queue.EnterAsync();

        Assert.False(heavy.IsCompleted || light.IsCompleted || newcomer.IsCompleted || queue.TryEnter().IsAdmitted);
        running[1].Dispose();
        heavy.Admitted();
        Assert.False(light.IsCompleted);
        running[2].Dispose();
        light.Admitted();
    }

    [Fact]
    public void HeavyJob_WhoseTurnItIs_IsNotOvertakenByAHigherClass()
    {
        using var queue = new JobQueue(Settings(workers: 2));
        var running = queue.TakeAllWorkers();
        var heavy = queue.EnterAsync(new JobTraits { Weight = 2, Priority = JobPriority.Low });
        running[0].Dispose();

        var critical = queue.EnterAsync(new JobTraits { Priority = JobPriority.Critical });

        Assert.False(critical.IsCompleted);
        running[1].Dispose();
        heavy.Admitted();
    }

    [Fact]
    public void HeavyJob_ThatLeaves_LetsTheOthersHaveWhatWasSaved()
    {
        using var queue = new JobQueue(Settings(workers: 2));
        var running = queue.TakeAllWorkers();
        using var canceller = new CancellationTokenSource();
        var heavy = queue.EnterAsync(new JobTraits { Weight = 2 }, canceller.Token);
        var light = queue.Park();
        running[0].Dispose();
        Assert.False(light.IsCompleted);

        canceller.Cancel();

        light.Admitted();
        Assert.True(heavy.IsCompleted);
    }

    [Fact]
    public void Weight_AboveTheWorkers_IsAnErrorThatNamesBoth()
    {
        using var queue = new JobQueue(Settings(workers: 4), name: "renders");

        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryEnter(new JobTraits { Weight = 5 }));

        Assert.Contains("renders", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("5", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("4", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, queue.GetSnapshot().Arrived);
    }

    [Fact]
    public void Weight_AboveTheWorkersOfOneKey_IsAnErrorThatNamesBoth()
    {
        var settings = Settings(workers: 4);
        settings.MaxWorkersPerKey = 2;
        using var queue = new JobQueue(settings);

        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryEnter(new JobTraits { Weight = 3 }));

        Assert.Contains("MaxWorkersPerKey", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HeavyWaiter_WhenTheWorkersFallBelowItsWeight_RunsOnAllThereAre()
    {
        using var queue = new JobQueue(Settings(workers: 3));
        var running = queue.TakeAllWorkers();
        var heavy = queue.EnterAsync(new JobTraits { Weight = 3 });

        queue.Update(o => o.Workers = 2);
        running[0].Dispose();
        running[1].Dispose();
        Assert.False(heavy.IsCompleted);
        running[2].Dispose();

        using var lease = heavy.Admitted();
        Assert.Equal(2, queue.GetSnapshot().WorkersInUse);
    }
}
