namespace QueueAdmission.Patience;

/// <summary>
/// Tests with ticks of 0.1 ms. Jobs take 10 ms, and the number of workers is so large that all waits are nearly equal.
/// </summary>
public sealed class LearnedPatienceTests
{
    private const long Millisecond = 10;
    private const long Second = 1_000 * Millisecond;
    private const long Service = 10 * Millisecond;
    private const long MaxWait = 10 * Second;

    private readonly LearnedPatience _learned = new();
    private long _now = 1;
    private long _jobs;

    private QueuePace Pace => new(_now, Second, TicksPerJob: 0.001, ServiceTicks: Service);

    [Theory]
    [InlineData(100, false)]
    [InlineData(56, false)]
    [InlineData(40, true)]
    [InlineData(2, true)]
    public void OneWastedJobOfSoMany_CutsTheLimitIfThatIsMoreThanTwoPercent(int oneOf, bool acts)
    {
        for (var i = 0; i < 400; i++)
            Waste(500 * Millisecond, oneOf);

        Assert.Equal(acts, _learned.IsActing);
    }

    [Fact]
    public void Limit_AfterTheFirstCut_IsNineTenthsOfThePatienceLessTheService()
    {
        WasteUntilCut(500 * Millisecond);

        Assert.InRange(_learned.Limit, 439.9 * Millisecond, 440.1 * Millisecond);
        Assert.Equal(500 * Millisecond, _learned.Patience);
    }

    [Fact]
    public void Limit_WithFewImpatientClients_FollowsTheOthers()
    {
        Waste(60 * Millisecond, oneOf: 1);
        WasteUntilCut(500 * Millisecond);

        Assert.Equal(500 * Millisecond, _learned.Patience);
    }

    [Fact]
    public void Limit_WithManyImpatientClients_FollowsThem()
    {
        for (var i = 0; i < 3; i++)
            Waste(60 * Millisecond, oneOf: 1);
        WasteUntilCut(500 * Millisecond);

        Assert.Equal(60 * Millisecond, _learned.Patience);
    }

    [Fact]
    public void ImpatientClients_LongAgo_AreForgotten()
    {
        Waste(60 * Millisecond, oneOf: 1);
        Waste(60 * Millisecond, oneOf: 1);
        _jobs += 5_000;
        WasteUntilCut(500 * Millisecond);

        Assert.Equal(500 * Millisecond, _learned.Patience);
    }

    [Fact]
    public void Limit_WhereWaitsScatter_KeepsThreeStandardDeviations()
    {
        var pace = new QueuePace(_now, Second, TicksPerJob: 100, ServiceTicks: 100);
        while (!_learned.IsActing)
            _learned.OnWasted(5_000, ++_jobs, pace);

        Assert.InRange(_learned.Limit + (3 * Math.Sqrt(_learned.Limit * 100)), 4_899, 4_901);
    }

    [Fact]
    public void WasteDuringTheTurnAfterACut_DoesNotCutAgain()
    {
        WasteUntilCut(500 * Millisecond);
        var limit = _learned.Limit;

        for (var i = 0; i < 100; i++)
            Waste(500 * Millisecond, oneOf: 1);

        Assert.Equal(limit, _learned.Limit);
    }

    [Fact]
    public void WasteAfterTheTurn_CutsByFivePercent()
    {
        WasteUntilCut(500 * Millisecond);
        Pass(600 * Millisecond);
        var limit = _learned.Limit;

        for (var i = 0; i < 20; i++)
            Waste(500 * Millisecond, oneOf: 30);

        Assert.InRange(_learned.Limit, 0.949 * limit, 0.951 * limit);
    }

    [Fact]
    public void Limit_WithoutWaste_GrowsByHalfAPercentInASecond()
    {
        WasteUntilCut(500 * Millisecond);
        Pass(600 * Millisecond);
        var limit = _learned.Limit;

        Pass(Second);

        Assert.InRange(_learned.Limit, 1.004 * limit, 1.006 * limit);
    }

    [Fact]
    public void Limit_WithSomeWaste_StaysWhereItIs()
    {
        WasteUntilCut(500 * Millisecond);
        Pass(600 * Millisecond);
        for (var i = 0; i < 5; i++)
            Waste(500 * Millisecond, oneOf: 100);
        var limit = _learned.Limit;

        Pass(Second);

        Assert.Equal(limit, _learned.Limit);
    }

    [Fact]
    public void Limit_NearThePatience_GrowsMoreSlowly()
    {
        WasteUntilCut(500 * Millisecond);

        Pass(60 * Second);

        Assert.InRange(_learned.Limit, 480 * Millisecond, 490 * Millisecond);
    }

    [Fact]
    public void Limit_OfClientsThatBecameMorePatient_IsForgottenWithinMinutes()
    {
        WasteUntilCut(500 * Millisecond);
        for (var second = 0; second < 300 && _learned.IsActing; second++)
            Pass(Second, reached: true);

        Assert.False(_learned.IsActing);
    }

    [Fact]
    public void Limit_ThatNoJobReaches_GrowsSlowlyBeyondThePatience()
    {
        WasteUntilCut(500 * Millisecond);

        Pass(300 * Second);

        Assert.InRange(_learned.Limit, 500 * Millisecond, 3 * Second);
    }

    [Fact]
    public void WasteThatNoLimitLessens_IsTolerated_AndMoreOfItIsNot()
    {
        for (var i = 0; i < 400; i++)
        {
            Waste(500 * Millisecond, oneOf: 33);
            Pass(20 * Millisecond);
        }
        Assert.False(_learned.IsActing);

        for (var i = 0; i < 400; i++)
            Waste(500 * Millisecond, oneOf: 4);
        Assert.True(_learned.IsActing);
    }

    private void WasteUntilCut(long age)
    {
        for (var i = 0; i < 1_000 && !_learned.IsActing; i++)
            Waste(age, oneOf: 1);
        Assert.True(_learned.IsActing);
    }

    /// <summary>Reports one wasted job among the given number of jobs.</summary>
    private void Waste(long age, int oneOf)
    {
        _jobs += oneOf;
        _learned.OnWasted(age, _jobs, Pace);
    }

    private void Pass(long time, bool reached = false)
    {
        for (var end = _now + time; _now < end;)
        {
            _now += Math.Min(100 * Millisecond, end - _now);
            if (reached)
                _learned.OnStarted((long)_learned.Limit);
            _learned.Probe(_jobs, MaxWait, Pace);
        }
    }
}
