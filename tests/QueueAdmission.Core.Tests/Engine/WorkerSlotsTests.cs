namespace QueueAdmission.Engine;

public sealed class WorkerSlotsTests
{
    [Fact]
    public void TryTake_NoFreeWorker_TakesNone()
    {
        var slots = new WorkerSlots(1, isMarked: false);

        Assert.Equal((true, false), (slots.TryTake(), slots.TryTake()));
        Assert.Equal(new WorkerCounts(Limit: 1, Free: 0, InUse: 1, Running: 1, Ran: 0), slots.ReadLocked());
    }

    [Fact]
    public void Mark_IsSet_SendsTakersAndReturnersToTheLock()
    {
        var slots = new WorkerSlots(2, isMarked: false);
        Assert.True(slots.TryTake());
        slots.MarkLocked();

        Assert.Equal((false, false), (slots.TryTake(), slots.TryGiveBack()));
        slots.ClearMarkLocked();
        Assert.Equal((true, true), (slots.TryTake(), slots.TryGiveBack()));
        Assert.Equal(1, slots.Ran);
    }

    [Theory]
    [InlineData(2, true, true, false)]
    [InlineData(3, true, false, true)]
    [InlineData(3, false, false, false)]
    public void TryTakeOrMark_TakesAllOrSetsTheMark(int workers, bool mark, bool taken, bool marked)
    {
        var slots = new WorkerSlots(2, isMarked: false);

        Assert.Equal(taken, slots.TryTakeOrMarkLocked(workers, mark));
        Assert.Equal(marked, slots.IsMarked);
        Assert.Equal(taken ? 1 : 0, slots.ReadLocked().Running);
    }

    [Fact]
    public void HeavyJob_IsOneJobThatRunsAndRan()
    {
        var slots = new WorkerSlots(5, isMarked: true);

        slots.TakeLocked(3);
        Assert.Equal(new WorkerCounts(Limit: 5, Free: 2, InUse: 3, Running: 1, Ran: 0), slots.ReadLocked());
        slots.GiveBackLocked(3);
        Assert.Equal(new WorkerCounts(Limit: 5, Free: 5, InUse: 0, Running: 0, Ran: 1), slots.ReadLocked());
    }

    [Fact]
    public void Resize_BelowTheWorkersInUse_LeavesFreeNegativeUntilTheyAreBack()
    {
        var slots = new WorkerSlots(3, isMarked: false);
        for (var i = 0; i < 3; i++)
            Assert.True(slots.TryTake());

        slots.ResizeLocked(0);
        Assert.Equal(new WorkerCounts(Limit: 0, Free: -3, InUse: 3, Running: 3, Ran: 0), slots.ReadLocked());
        for (var i = 0; i < 3; i++)
            Assert.True(slots.TryGiveBack());
        Assert.Equal((0, false), (slots.Free, slots.TryTake()));
    }

    [Fact]
    public void HasRoom_EndsWhereTheWordWouldOverflow()
    {
        var slots = new WorkerSlots(JobQueueOptions.WorkersLimit, isMarked: true);
        slots.TakeLocked(WorkerWord.MaxInUse - 1);

        Assert.Equal((true, false), (slots.HasRoomLocked(1), slots.HasRoomLocked(2)));
        slots.TakeLocked(1);
        slots.ResizeLocked(0);
        Assert.Equal((-WorkerWord.MaxInUse, WorkerWord.MaxInUse), (slots.Free, slots.ReadLocked().InUse));
    }
}
