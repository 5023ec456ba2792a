namespace QueueAdmission.Cluster.Simulation;

internal sealed record SimSettings
{
    public int Nodes { get; init; } = 3;

    public int Limit { get; init; } = 8;

    public int MaxOwn { get; init; } = 100;

    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);

    public TimeSpan Service { get; init; } = TimeSpan.FromMilliseconds(100);

    public LeaseFallback Fallback { get; init; } = LeaseFallback.Stop;

    public bool HasSignals { get; init; } = true;

    public LeaseRules Rules { get; init; } = LeaseRules.All;
}
