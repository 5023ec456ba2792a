namespace QueueAdmission.Background;

public sealed class BackgroundShareTests
{
    private const long Second = 1_000;

    private readonly BackgroundShare _share = new(ticksPerSecond: Second);

    [Fact]
    public void Credit_GrowsWhileBothWait()
    {
        Pass(3, rate: 0.5, inUse: 0);

        Assert.Equal(1.5 * Second, _share.Credit);
        Assert.True(_share.IsDue(inUse: 0));
    }

    [Fact]
    public void Credit_ShrinksByWhatBackgroundJobsHold()
    {
        Pass(3, rate: 0.5, inUse: 2);

        Assert.Equal(-4.5 * Second, _share.Credit);
        Assert.False(_share.IsDue(inUse: 0));
    }

    [Fact]
    public void Share_ThatIsHeld_IsNotDueHoweverGreatTheCredit()
    {
        Pass(3, rate: 2, inUse: 0);

        Assert.True(_share.IsDue(inUse: 1));
        Assert.False(_share.IsDue(inUse: 2));
    }

    [Fact]
    public void Use_WhileNoLiveJobWaits_CostsNothing()
    {
        Pass(3, rate: 0.5, inUse: 2, isContended: false);

        Assert.Equal(0, _share.Credit);
    }

    [Fact]
    public void Time_WhileNoBackgroundJobWaits_EarnsNothing()
    {
        Pass(3, rate: 4, inUse: 1, isClaimed: false);

        Assert.Equal(0, _share.Credit);
    }

    [Fact]
    public void Time_RepaysADebt_AndNoMore()
    {
        Pass(2, rate: 0.5, inUse: 2);
        Pass(2, rate: 0.5, inUse: 2, isContended: false);
        Assert.Equal(-2 * Second, _share.Credit);

        Pass(60, rate: 0.5, inUse: 2, isContended: false);

        Assert.Equal(0, _share.Credit);
    }

    [Fact]
    public void Credit_WhenNoBackgroundJobIsLeft_IsLost()
    {
        Pass(3, rate: 0.5, inUse: 0);

        Pass(0, rate: 0.5, inUse: 0, isClaimed: false);

        Assert.Equal(0, _share.Credit);
    }

    [Fact]
    public void Debt_WhenNoBackgroundJobIsLeft_IsRepaidByTime()
    {
        Pass(2, rate: 0.5, inUse: 2);

        Pass(4, rate: 0.5, inUse: 0, isContended: false, isClaimed: false);

        Assert.Equal(-1 * Second, _share.Credit);
    }

    [Fact]
    public void Credit_IsBoundedBothWays()
    {
        Pass(10_000, rate: 0.5, inUse: 0);
        Assert.Equal(0.5 * BackgroundShare.MaxClaimSeconds * Second, _share.Credit);

        Pass(10_000, rate: 0.5, inUse: 8);
        Assert.Equal(-0.5 * BackgroundShare.MaxDebtSeconds * Second, _share.Credit);
    }

    private long _now;

    private void Pass(int seconds, double rate, int inUse, bool isContended = true, bool isClaimed = true)
    {
        _share.Observe(_now, rate, inUse, isContended, isClaimed);
        _now += seconds * Second;
        _share.Observe(_now, rate, inUse, isContended, isClaimed);
    }
}
