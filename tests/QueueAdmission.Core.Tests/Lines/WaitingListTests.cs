using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Lines;

public sealed class WaitingListTests
{
    [Fact]
    public void List_AfterTheQueueStoppedTellingKeysApart_NamesPartitionsThatExist()
    {
        using var queue = new JobQueue(Settings(partitions: 64, capacity: 100));
        queue.Update(settings => settings.PartitionByKey = true);
        queue.TakeAllWorkers();
        foreach (var key in Enumerable.Range(0, 40))
            _ = queue.EnterAsync(new JobTraits { Key = $"{key}" });
        Assert.Contains(queue.ListWaiting(100, out _), waiter => waiter.Partition > 1);

        queue.Update(settings => (settings.PartitionByKey, settings.Partitions) = (false, 2));

        AssertListMatchesCounts(queue, 40);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    public void List_AfterAnotherNumberOfPartitions_NamesPartitionsThatExist(bool byKey, int partitions)
    {
        using var queue = new JobQueue(Settings(partitions: 8, capacity: 100));
        queue.Update(settings => settings.PartitionByKey = byKey);
        queue.TakeAllWorkers();
        foreach (var key in Enumerable.Range(0, 20))
            _ = queue.EnterAsync(new JobTraits { Key = $"{key}" });

        queue.Update(settings => settings.Partitions = partitions);

        AssertListMatchesCounts(queue, 20);
    }

    [Fact]
    public void List_OfAPriorityAfterKeysWereSwitchedOffAndOn_NamesPartitionsThatExist()
    {
        using var queue = new JobQueue(Settings(partitions: 4, capacity: 100));
        queue.TakeAllWorkers();
        foreach (var key in Enumerable.Range(0, 20))
            _ = queue.EnterAsync(new JobTraits { Key = $"{key}" });
        queue.Update(settings => (settings.PartitionByKey, settings.Partitions) = (true, 64));
        queue.Update(settings => (settings.PartitionByKey, settings.Partitions) = (false, 1));
        _ = queue.EnterAsync(new JobTraits { Priority = JobPriority.High });

        AssertListMatchesCounts(queue, 21);
    }

    [Fact]
    public void List_LongerThanAsked_EndsAndTellsTheTotal()
    {
        using var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        queue.ParkMany(5);

        var list = queue.ListWaiting(3, out var total);

        Assert.Equal((3, 5), (list.Count, total));
    }

    private static void AssertListMatchesCounts(JobQueue queue, int waiting)
    {
        var list = queue.ListWaiting(1_000, out var total);
        var counts = queue.GetSnapshot().WaitingByPartition;

        Assert.Equal((waiting, waiting), (list.Count, total));
        Assert.Equal(
            counts, Enumerable.Range(0, counts.Count).Select(index => list.Count(waiter => waiter.Partition == index)));
    }
}
