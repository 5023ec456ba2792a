namespace QueueAdmission.Estimates;

public sealed class DrainRateTests
{
    private const long Second = 1_000;

    [Fact]
    public void Rate_BeforeATenthOfABusySecond_IsUnknown()
    {
        var rate = new DrainRate(Second);

        rate.Sample(0, 0);
        rate.Sample(99, 1_000);

        Assert.Equal(0, rate.PerSecond);
    }

    [Fact]
    public void Rate_OfASteadyQueue_IsWhatItFinishes()
    {
        var rate = new DrainRate(Second);

        for (var tenths = 0; tenths <= 50; tenths++)
            rate.Sample(tenths * 100, tenths * 20);

        Assert.Equal(200, rate.PerSecond, 6);
    }

    [Fact]
    public void Rate_AfterAChange_FollowsWithinSomeSeconds()
    {
        var rate = new DrainRate(Second);
        long now = 0, ran = 0;
        for (; now <= 5 * Second; now += 100, ran += 10)
            rate.Sample(now, ran);
        Assert.Equal(100, rate.PerSecond, 6);

        for (; now <= 14 * Second; now += 100, ran += 40)
            rate.Sample(now, ran);

        Assert.InRange(rate.PerSecond, 370, 400);
    }

    [Fact]
    public void Rate_IdleTimeBetween_DoesNotCount()
    {
        var rate = new DrainRate(Second);
        rate.Sample(0, 0);
        rate.Sample(Second, 100);
        rate.Forget();

        rate.Sample(1_000 * Second, 5_000);
        rate.Sample(1_001 * Second, 5_100);

        Assert.Equal(100, rate.PerSecond, 6);
    }
}
