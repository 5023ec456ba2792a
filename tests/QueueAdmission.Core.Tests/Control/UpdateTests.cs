using Microsoft.Extensions.Options;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Control;

public sealed class UpdateTests
{
    [Fact]
    public void Workers_Raised_AdmitsAtOnceAsManyAsFit()
    {
        using var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        var waiters = queue.ParkMany(3);

        queue.Update(o => o.Workers = 3);

        Assert.Equal([0, 1], waiters.Answered());
        Assert.Equal((3, 1), (queue.GetSnapshot().Running, queue.GetSnapshot().Waiting));
    }

    [Fact]
    public void SettingsChanged_OneListenerThrows_TheOthersAreTold()
    {
        using var queue = new JobQueue(Settings());
        var told = 0;
        queue.SettingsChanged += _ => throw new InvalidOperationException("A listener that throws.");
        queue.SettingsChanged += changed => told = changed.GetSnapshot().Workers;

        queue.Update(o => o.Workers = 3);

        Assert.Equal(3, told);
    }

    [Fact]
    public void Workers_Lowered_LetsRunningJobsEndAndAdmitsNoJobBefore()
    {
        using var queue = new JobQueue(Settings(workers: 3));
        var holders = queue.TakeAllWorkers();
        var waiter = queue.Park();

        queue.Update(o => o.Workers = 1);
        Assert.Equal(3, queue.GetSnapshot().Running);
        holders[0].Dispose();
        holders[1].Dispose();
        Assert.False(waiter.IsCompleted);
        Assert.Equal(1, queue.GetSnapshot().Running);

        holders[2].Dispose();
        waiter.Admitted();
        Assert.Equal(1, queue.GetSnapshot().Running);
    }

    [Fact]
    public void Workers_LoweredWithoutWaiters_RefusesUntilEnoughJobsHaveEnded()
    {
        using var queue = new JobQueue(Settings(workers: 3, capacity: 0));
        var holders = queue.TakeAllWorkers();
        queue.Update(o => o.Workers = 2);

        holders[0].Dispose();
        Assert.False(queue.TryEnter().IsAdmitted);

        holders[1].Dispose();
        Assert.True(queue.TryEnter().IsAdmitted);
        Assert.False(queue.TryEnter().IsAdmitted);
    }

    [Fact]
    public void Workers_FromLeastToMostAndBack_CountExactly()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();

        queue.Update(o => o.Workers = JobQueueOptions.WorkersLimit);
        var leases = Enumerable.Range(1, JobQueueOptions.WorkersLimit - 1).Select(_ => queue.TryEnter()).ToList();
        Assert.All(leases, lease => Assert.True(lease.IsAdmitted));
        Assert.False(queue.TryEnter().IsAdmitted);

        queue.Update(o => o.Workers = 1);
        Assert.Equal(JobQueueOptions.WorkersLimit, queue.GetSnapshot().Running);
        leases.ForEach(lease => lease.Dispose());
        Assert.False(queue.TryEnter().IsAdmitted);
        holder.Dispose();
        Assert.True(queue.TryEnter().IsAdmitted);
        Assert.Equal(JobQueueOptions.WorkersLimit, queue.GetSnapshot().Ran);
    }

    [Fact]
    public void Capacity_Raised_MakesRoomAtOnce()
    {
        using var queue = new JobQueue(Settings(capacity: 1));
        queue.TakeAllWorkers();
        queue.Park();
        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync().Refused());

        queue.Update(o => o.PartitionCapacity = 2);

        queue.Park();
    }

    [Fact]
    public void Capacity_Lowered_KeepsWaitersAndPlacesNoJobUntilThereIsRoom()
    {
        using var queue = new JobQueue(Settings(partitions: 2, capacity: 3));
        var holder = queue.TakeAllWorkers().Single();
        var waiters = queue.ParkMany(6);

        queue.Update(o => o.PartitionCapacity = 1);
        Assert.Equal([3, 3], queue.GetSnapshot().WaitingByPartition);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync().Refused());
            holder.Dispose();
            holder = waiters[i].Admitted();
        }
        Assert.Equal([1, 1], queue.GetSnapshot().WaitingByPartition);
        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync().Refused());

        holder.Dispose();
        queue.Park();
        Assert.Equal([1, 1], queue.GetSnapshot().WaitingByPartition);
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(4, 2)]
    [InlineData(3, 1)]
    [InlineData(1, 4_096)]
    public void Partitions_Changed_DistributesTheWaitersAgainAndKeepsTheirOrder(int before, int after)
    {
        using var queue = new JobQueue(Settings(partitions: before, capacity: 100));
        var holder = queue.TakeAllWorkers().Single();
        var waiters = queue.ParkMany(7);

        queue.Update(o => o.Partitions = after);

        var byPartition = queue.GetSnapshot().WaitingByPartition;
        Assert.Equal((after, 7), (byPartition.Count, byPartition.Sum()));
        Assert.InRange(byPartition.Max() - byPartition.Min(), 0, 1);
        foreach (var waiter in waiters)
        {
            holder.Dispose();
            holder = waiter.Admitted();
        }
    }

    [Fact]
    public void Partitions_LoweredBelowWhatWaits_LosesNoWaiter()
    {
        using var queue = new JobQueue(Settings(partitions: 3, capacity: 1));
        var holder = queue.TakeAllWorkers().Single();
        var waiters = queue.ParkMany(3);

        queue.Update(o => o.Partitions = 1);

        Assert.Equal([3], queue.GetSnapshot().WaitingByPartition);
        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync().Refused());
        foreach (var waiter in waiters)
        {
            holder.Dispose();
            holder = waiter.Admitted();
        }
    }

    [Fact]
    public void Update_OfASetting_LeavesTheOthersAlone()
    {
        using var queue = new JobQueue(
            Settings(workers: 3, partitions: 4, capacity: 5, maxWait: TimeSpan.FromSeconds(6)));

        queue.Update(o => o.Workers = 7);

        var settings = queue.GetSnapshot().Settings;
        Assert.Equal(
            (7, 4, 5, TimeSpan.FromSeconds(6)),
            (settings.Workers, settings.Partitions, settings.PartitionCapacity, settings.MaxWait));
    }

    [Fact]
    public void Update_WithOneBadSettingAmongGoodOnes_ChangesNothing()
    {
        using var queue = new JobQueue(Settings(), name: "orders");
        queue.TakeAllWorkers();
        var waiter = queue.Park();

        var thrown = Assert.Throws<OptionsValidationException>(
            () => queue.Update(o => (o.Workers, o.Partitions, o.PartitionCapacity) = (2, 0, -1)));

        Assert.Equal("orders", thrown.OptionsName);
        Assert.Equal(2, thrown.Failures.Count());
        Assert.False(waiter.IsCompleted);
        Assert.Equal(
            (1, 1, 10),
            (queue.GetSnapshot().Settings.Workers, queue.GetSnapshot().Settings.Partitions,
                queue.GetSnapshot().Settings.PartitionCapacity));
    }

    [Fact]
    public void Update_WhoseDelegateThrows_ChangesNothing()
    {
        using var queue = new JobQueue(Settings());

        Assert.Throws<InvalidOperationException>(() => queue.Update(o =>
        {
            o.Workers = 9;
            throw new InvalidOperationException();
        }));

        Assert.Equal(1, queue.GetSnapshot().Settings.Workers);
    }

    [Fact]
    public void Update_InsideOfAnUpdateOfTheSameQueue_IsRefusedAndTheOuterOneGoesOn()
    {
        using var queue = new JobQueue(Settings(), name: "orders");
        InvalidOperationException? refused = null;

        queue.Update(o =>
        {
            o.Workers = 2;
            refused = Assert.Throws<InvalidOperationException>(
                () => queue.Update(inner => inner.PartitionCapacity = 99));
        });

        Assert.Contains("'orders'", refused!.Message);
        Assert.Equal((2, 10), (queue.GetSnapshot().Settings.Workers, queue.GetSnapshot().Settings.PartitionCapacity));
        queue.Update(o => o.Workers = 3);
        Assert.Equal(3, queue.TakeAllWorkers().Length);
    }

    [Fact]
    public void Update_InsideOfOneThatThrew_WorksAgain()
    {
        using var queue = new JobQueue(Settings());

        Assert.Throws<InvalidOperationException>(() => queue.Update(_ => queue.Update(_ => { })));

        queue.Update(o => o.Workers = 2);
        Assert.Equal(2, queue.GetSnapshot().Settings.Workers);
    }

    [Fact]
    public void Update_InsideOfAnUpdateOfAnotherQueue_Works()
    {
        using var one = new JobQueue(Settings());
        using var other = new JobQueue(Settings());

        one.Update(o =>
        {
            o.Workers = 2;
            other.Update(inner => inner.Workers = 3);
        });

        Assert.Equal((2, 3), (one.GetSnapshot().Settings.Workers, other.GetSnapshot().Settings.Workers));
    }

    [Fact]
    public void Settings_ChangedFromOutside_ChangeNothing()
    {
        var options = Settings();
        using var queue = new JobQueue(options);
        JobQueueOptions? kept = null;
        queue.Update(o => kept = o);

        options.Workers = 9;
        kept!.Workers = 9;
        queue.GetSnapshot().Settings.Workers = 9;

        Assert.Equal(1, queue.GetSnapshot().Settings.Workers);
        queue.TakeAllWorkers();
        queue.Park();
    }

    [Fact]
    public void Update_FromManyThreads_LosesNoChange()
    {
        using var queue = new JobQueue(Settings());

        Parallel.For(0, 200, _ => queue.Update(o => o.Workers++));

        Assert.Equal(201, queue.GetSnapshot().Settings.Workers);
        Assert.Equal(201, queue.TakeAllWorkers().Length);
    }

    [Fact]
    public void Update_ThatDealsTheWaitersAgain_SaysHowMany()
    {
        using var queue = new JobQueue(Settings(partitions: 2));
        queue.TakeAllWorkers();
        queue.ParkMany(5);
        queue.Update(o => o.Workers = 1);
        Assert.Null(queue.Engine.Control.TakeDealt());

        queue.Update(o => o.Partitions = 3);
        Assert.Equal(5, queue.Engine.Control.TakeDealt()?.Waiters);
        queue.Update(o => o.PartitionByKey = true);
        Assert.Equal(5, queue.Engine.Control.TakeDealt()?.Waiters);
        Assert.Null(queue.Engine.Control.TakeDealt());
        queue.Update(o => o.Partitions = 4);
        queue.Update(o => o.Workers = 1);
        Assert.Null(queue.Engine.Control.TakeDealt());
    }
}
