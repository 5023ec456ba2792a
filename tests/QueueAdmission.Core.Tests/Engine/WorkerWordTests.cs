namespace QueueAdmission.Engine;

public sealed class WorkerWordTests
{
    [Theory]
    [InlineData(JobQueueOptions.WorkersLimit, 0)]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(1 - JobQueueOptions.WorkersLimit, 12_345)]
    [InlineData(-1, 0)]
    [InlineData(7, (1L << 44) - 1)]
    public void Word_WithAnyOfItsValues_GivesThemBack(int free, long ran)
    {
        var word = (free * WorkerWord.FreeUnit) + (ran * WorkerWord.RanUnit);

        Assert.All(
            [word, word | WorkerWord.Mark], w => Assert.Equal((free, ran), (WorkerWord.Free(w), WorkerWord.Ran(w))));
        Assert.Equal((false, true), (WorkerWord.IsMarked(word), WorkerWord.IsMarked(word | WorkerWord.Mark)));
    }

    [Fact]
    public void Word_ThroughZeroInBothDirections_CountsWhatRanExactly()
    {
        var word = 2 * WorkerWord.FreeUnit;
        for (var i = 0; i < 5; i++)
            word -= WorkerWord.FreeUnit;
        Assert.Equal((-3, 0L), (WorkerWord.Free(word), WorkerWord.Ran(word)));

        for (var i = 0; i < 5; i++)
            word += WorkerWord.Ended;
        Assert.Equal((2, 5L), (WorkerWord.Free(word), WorkerWord.Ran(word)));
    }
}
