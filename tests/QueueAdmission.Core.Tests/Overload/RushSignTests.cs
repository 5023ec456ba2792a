namespace QueueAdmission.Overload;

public sealed class RushSignTests
{
    private RushSign _sign;
    private long _ended;
    private long _turnedAway;
    private int _waiting;

    [Theory]
    [InlineData(2, true)]
    [InlineData(1.6, true)]
    [InlineData(1.3, false)]
    [InlineData(0.9, false)]
    public void Demand_ThatGrowsByHalfOfWhatEnds_IsARush(double load, bool isRush) =>
        Assert.Equal(isRush, Come(load, jobs: 200));

    [Fact]
    public void Burst_IsNoRush()
    {
        _waiting = 100;

        Assert.False(Come(load: 0.4, jobs: 150));
    }

    [Fact]
    public void Rush_IntoAFullLine_IsSeenByWhatItTurnsAway() => Assert.True(Come(load: 5, jobs: 80, places: 60));

    [Fact]
    public void Rush_IntoAShortLine_IsNone() => Assert.False(Come(load: 5, jobs: 200, places: 50));

    [Fact]
    public void Reset_ForgetsWhatGrew()
    {
        Assert.False(Come(load: 3, jobs: 60));
        _sign.Reset();

        // Without the reset, the current stretch would be the second in a row that grows.
        Assert.False(Come(load: 3, jobs: 30));
    }

    /// <summary>Lets the given number of jobs end, while a multiple of that number arrives.</summary>
    private bool Come(double load, int jobs, int places = 400)
    {
        var due = 0.0;
        for (var i = 0; i < jobs; i++)
        {
            if (_sign.Observe(_ended, _waiting + _turnedAway, _waiting))
                return true;
            _ended++;
            _waiting = Math.Max(0, _waiting - 1);
            for (due += load; due >= 1; due--)
            {
                if (_waiting < places)
                    _waiting++;
                else
                    _turnedAway++;
            }
        }
        return false;
    }
}
