using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Testing;

public class OccupationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OccupyWorkers_AllOfThem_NextJobWaitsUntilTheyAreGivenBack()
    {
        using var queue = new JobQueue(new JobQueueOptions { Workers = 3 });
        var busy = await queue.OccupyWorkersAsync(3, cancellationToken: Stop);

        var job = queue.EnterAsync(Stop).AsTask();

        Assert.Equal((3, 1), (queue.GetSnapshot().Running, queue.GetSnapshot().Waiting));
        Assert.Equal(3, busy.Running);
        busy.Dispose();
        using var lease = await job;
        QueueAssert.Admitted(lease);
        Assert.Equal(1, queue.GetSnapshot().Running);
    }

    [Fact]
    public async Task OccupyWorkers_WorkerIsBusy_WaitsForIt()
    {
        using var queue = new JobQueue(new JobQueueOptions { Workers = 1 });
        var lease = queue.TryEnter();

        var occupying = queue.OccupyWorkersAsync(1, cancellationToken: Stop);

        Assert.False(occupying.IsCompleted);
        lease.Dispose();
        await using var busy = await occupying;
        Assert.Equal(1, busy.Running);
    }

    [Fact]
    public async Task OccupyWorkers_QueueRefuses_ThrowsAndHoldsNothing()
    {
        using var queue = new JobQueue(new JobQueueOptions { Workers = 2, PartitionCapacity = 0 });

        var exception = await Assert.ThrowsAsync<QueueAssertionException>(
            () => queue.OccupyWorkersAsync(3, cancellationToken: Stop));

        Assert.Contains("worker 3 of 3", exception.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(RejectionReason.QueueFull), exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, queue.GetSnapshot().Running);
    }

    [Fact]
    public async Task OccupyPlaces_WorkersAreBusy_PlacesAreTakenUntilGivenBack()
    {
        using var queue = new JobQueue(new JobQueueOptions { Workers = 1, PartitionCapacity = 5 });
        await using var busy = await queue.OccupyWorkersAsync(1, cancellationToken: Stop);

        var line = queue.OccupyPlaces(5);

        Assert.Equal((5, 5), (line.Waiting, queue.GetSnapshot().Waiting));
        QueueAssert.Refused(await queue.EnterAsync(Stop), RejectionReason.QueueFull);
        line.Dispose();
        Assert.Equal((1, 0), (queue.GetSnapshot().Running, queue.GetSnapshot().Waiting));
    }

    [Fact]
    public void OccupyPlaces_WorkerIsFree_ThrowsAndHoldsNothing()
    {
        using var queue = new JobQueue(new JobQueueOptions { Workers = 1 });

        var exception = Assert.Throws<QueueAssertionException>(() => queue.OccupyPlaces(1));

        Assert.Contains(
            nameof(JobQueueOccupationExtensions.OccupyWorkersAsync), exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, queue.GetSnapshot().Running);
    }

    [Fact]
    public async Task OccupyPlaces_GetsAWorker_HoldsItUntilGivenBack()
    {
        using var queue = new JobQueue(new JobQueueOptions { Workers = 1 });
        var lease = queue.TryEnter();
        var line = queue.OccupyPlaces(1);

        lease.Dispose();
        await queue.WaitUntilAsync(_ => line.Running == 1, cancellationToken: Stop);

        Assert.Equal(1, queue.GetSnapshot().Running);
        await line.DisposeAsync();
        Assert.Equal(0, queue.GetSnapshot().Running);
    }

    [Theory]
    [InlineData(1, 10, false)]
    [InlineData(4, 3, false)]
    [InlineData(1, 0, false)]
    [InlineData(4, 3, true)]
    public async Task Fill_AnyQueue_NewcomersAreRefusedUntilGivenBack(int partitions, int capacity, bool byKey)
    {
        using var queue = new JobQueue(new JobQueueOptions
        {
            Workers = 2,
            Partitions = partitions,
            PartitionCapacity = capacity,
            PartitionByKey = byKey,
            MaxWorkersPerKey = byKey ? 1 : null,
        });

        var full = queue.Fill();

        foreach (var priority in Enum.GetValues<JobPriority>())
        {
            var job = queue.EnterAsync(new JobTraits { Key = "newcomer", Priority = priority }, Stop);
            Assert.True(job.IsCompleted);
            QueueAssert.Refused(await job, RejectionReason.QueueFull);
        }
        Assert.Equal((2, partitions * capacity), (full.Running, full.Waiting));
        full.Dispose();
        Assert.Equal((0, 0), (queue.GetSnapshot().Running, queue.GetSnapshot().Waiting));
        using var lease = queue.TryEnter();
        QueueAssert.Admitted(lease);
    }

    [Fact]
    public void Fill_DryRun_Throws()
    {
        using var queue = new JobQueue(new JobQueueOptions { DryRun = true });

        Assert.Throws<InvalidOperationException>(() => queue.Fill());
    }

    [Theory]
    [InlineData(RejectionReason.QueueFull)]
    [InlineData(RejectionReason.Draining)]
    public async Task RefuseAll_HoweverLongItTakes_EveryNewcomerIsRefusedForTheReason(RejectionReason reason)
    {
        var clock = new FakeTimeProvider();
        var options = new JobQueueOptions
        {
            Workers = 2,
            PartitionCapacity = 3,
            Order = QueueProcessingOrder.NewestFirst,
            OverloadControl = false,
            MaxWait = TimeSpan.FromSeconds(10),
        };
        using var queue = new JobQueue(options, clock);
        var running = queue.TryEnter();

        var refusing = queue.RefuseAll(reason);
        // Neither a released worker nor the passing of time has an effect.
        running.Dispose();
        clock.Advance(TimeSpan.FromMinutes(10));

        for (var i = 0; i < 5; i++)
        {
            var job = queue.EnterAsync(new JobTraits { Priority = JobPriority.High }, Stop);
            Assert.True(job.IsCompleted);
            QueueAssert.Refused(await job, reason);
        }
        refusing.Dispose();
        refusing.Dispose();
        using var lease = await queue.EnterAsync(Stop);
        QueueAssert.Admitted(lease);
        var now = queue.GetSnapshot();
        Assert.Equal((2, 1, 0), (now.Workers, now.Running, now.Waiting));
        Assert.Equal((TimeSpan.FromSeconds(10), QueueProcessingOrder.NewestFirst, true),
            (now.Settings.MaxWait, now.Settings.Order, now.Settings.AdaptiveMaxWait));
    }

    [Fact]
    public async Task RefuseAll_OverloadControlAndDryRun_AreOffMeanwhile()
    {
        var clock = new FakeTimeProvider();
        using var queue = new JobQueue(
            new JobQueueOptions { PartitionCapacity = 3, OverloadControl = true, DryRun = true }, clock);

        using (queue.RefuseAll())
        {
            clock.Advance(TimeSpan.FromMinutes(10));
            QueueAssert.Refused(queue.TryEnter(), RejectionReason.QueueFull);
            QueueAssert.Refused(await queue.EnterAsync(Stop), RejectionReason.QueueFull);
        }

        Assert.True(queue.GetSnapshot().Settings is { OverloadControl: true, DryRun: true });
    }

    [Fact]
    public void RefuseAll_ReasonOfAJob_Throws()
    {
        using var queue = new JobQueue(new JobQueueOptions());

        Assert.Throws<ArgumentOutOfRangeException>(() => queue.RefuseAll(RejectionReason.WaitTimeout));
    }
}
