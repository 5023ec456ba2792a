namespace QueueAdmission.Engine;

public sealed class WorkerLimitTests
{
    private readonly WorkerLimit _limit = new();

    public WorkerLimitTests() => _limit.SetSettings(new() { Workers = 8 });

    [Fact]
    public void InForce_IsTheLeastCap()
    {
        _limit.Set("lease", 5);
        _limit.Set("backend", 6);
        Assert.Equal(5, _limit.InForce);

        _limit.Set("lease", 7);
        Assert.Equal(6, _limit.InForce);
        _limit.Set("backend", null);
        _limit.Set("lease", null);
        Assert.Equal(8, _limit.InForce);
        Assert.Equal([new WorkerCap("settings", 8)], _limit.List());
    }

    [Fact]
    public void AdaptiveWorkers_AreBoundByMaxWorkers()
    {
        _limit.SetSettings(new() { Workers = 8, AdaptiveWorkers = true, MaxWorkers = 20 });
        _limit.SetAdaptive(12);

        Assert.Equal((12, 20), (_limit.InForce, _limit.MaxWeight));
        Assert.Equal([new WorkerCap("settings", 20), new WorkerCap("adaptive", 12)], _limit.List());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(30)]
    public void Override_StandsInThePlaceOfSettingsAndAdaptive_WhichKeepTheirValues(int number)
    {
        _limit.SetAdaptive(5);

        _limit.SetOverride(number);
        Assert.Equal((number, 5), (_limit.InForce, _limit.WithoutOverride));
        Assert.Equal([new WorkerCap("override", number)], _limit.List());
        _limit.SetOverride(null);

        Assert.Equal(5, _limit.InForce);
    }

    [Fact]
    public void Override_AboveAnotherCap_IsBoundByIt()
    {
        _limit.Set("lease", 4);

        _limit.SetOverride(30);

        Assert.Equal((4, 8), (_limit.InForce, _limit.WithoutOverride));
    }

    [Fact]
    public void EveryCapButSettings_MayBeZero()
    {
        _limit.SetAdaptive(0);
        Assert.Equal(0, _limit.InForce);
        _limit.SetAdaptive(null);
        _limit.SetOverride(0);
        Assert.Equal(0, _limit.InForce);
        _limit.SetOverride(null);
        _limit.Set("lease", 0);
        Assert.Equal(0, _limit.InForce);
    }
}
