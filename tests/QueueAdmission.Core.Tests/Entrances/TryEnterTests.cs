using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Entrances;

public sealed class TryEnterTests
{
    [Fact]
    public void TryEnter_WorkerFree_IsAdmitted()
    {
        using var queue = new JobQueue(Settings());

        Assert.True(queue.TryEnter().IsAdmitted);
        Assert.Equal(1, queue.GetSnapshot().Running);
    }

    [Fact]
    public void TryEnter_WorkersBusy_IsRefusedAlthoughThereIsRoomToWait()
    {
        using var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();

        var lease = queue.TryEnter();

        Assert.Equal(RejectionReason.QueueFull, lease.Rejection?.Reason);
        Assert.Equal((0, 1L), (queue.GetSnapshot().Waiting, queue.GetSnapshot().Rejected));
    }

    [Fact]
    public void TryEnter_WorkerFreeButQueuePaused_IsRefused()
    {
        using var queue = new JobQueue(Settings());
        queue.Pause();

        Assert.Equal(RejectionReason.QueueFull, queue.TryEnter().Rejection?.Reason);
    }

    [Fact]
    public void TryEnter_AfterARefusal_LeavesTheWorkersAsTheyWere()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        queue.TryEnter();

        holder.Dispose();

        Assert.True(queue.TryEnter().IsAdmitted);
    }
}
