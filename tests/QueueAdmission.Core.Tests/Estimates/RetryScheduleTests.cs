namespace QueueAdmission.Estimates;

public sealed class RetryScheduleTests
{
    private const long Second = 1_000;

    [Fact]
    public void Refusals_OfTheSameInstant_ComeBackAtHalfTheDrainRate()
    {
        var schedule = new RetrySchedule(Second);

        var seconds = Enumerable.Range(0, 40)
            .Select(_ => schedule.Book(0, waiting: 0, drainPerSecond: 4, workers: 1, min: 1, max: 60)).ToList();

        Assert.Equal(Enumerable.Range(0, 40).Select(i => 1 + (i / 2)), seconds);
    }

    [Fact]
    public void Refusal_BehindManyWaiters_ComesBackWhenTheyAreServed()
    {
        var schedule = new RetrySchedule(Second);

        Assert.Equal(11, schedule.Book(0, waiting: 100, drainPerSecond: 10, workers: 1, min: 1, max: 60));
    }

    [Fact]
    public void Refusal_WithoutAMeasurement_TakesAJobToLastASecond()
    {
        var schedule = new RetrySchedule(Second);

        Assert.Equal(6, schedule.Book(0, waiting: 10, drainPerSecond: 0, workers: 2, min: 1, max: 60));
    }

    [Fact]
    public void Refusals_BeyondTheLongestTime_AreSpreadOverTheWholeRange()
    {
        var schedule = new RetrySchedule(Second);
        const int Refusals = 6_000;

        var bySecond = Enumerable.Range(0, Refusals)
            .Select(_ => schedule.Book(0, waiting: 100_000, drainPerSecond: 1, workers: 1, min: 1, max: 60))
            .CountBy(seconds => seconds)
            .ToDictionary();

        Assert.Equal(Enumerable.Range(1, 60), bySecond.Keys.Order());
        Assert.All(bySecond.Values, count => Assert.InRange(count, 90, 110));
    }

    [Fact]
    public void Refusal_LongAfterTheOthers_IsNotHeldUpByTheirBookings()
    {
        var schedule = new RetrySchedule(Second);
        for (var i = 0; i < 20; i++)
            schedule.Book(0, waiting: 0, drainPerSecond: 1, workers: 1, min: 1, max: 60);

        Assert.Equal(2, schedule.Book(100 * Second, waiting: 0, drainPerSecond: 1, workers: 1, min: 1, max: 60));
    }

    [Fact]
    public void Refusals_WithOneAllowedTime_AllGetIt()
    {
        var schedule = new RetrySchedule(Second);

        Assert.All(
            Enumerable.Range(0, 100),
            _ => Assert.Equal(7, schedule.Book(0, waiting: 3, drainPerSecond: 5, workers: 1, min: 7, max: 7)));
    }
}
