namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// A sender of requests: what they cost, how long the client waits for an answer, and what it does with a refusal.
/// </summary>
internal sealed record Client(string Group, Work Work)
{
    /// <summary>The traits of its requests.</summary>
    public JobTraits Traits { get; init; }

    /// <summary>After this time the client leaves, wherever its request is. A request that is running runs on without use.</summary>
    public TimeSpan Patience { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether a refused client comes back after exactly the time it was told, until it is served.</summary>
    public bool Returns { get; init; }
}
