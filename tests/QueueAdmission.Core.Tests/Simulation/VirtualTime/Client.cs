namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// A sender of requests: what they cost, how long the client waits for an answer, and what it does with a refusal.
/// </summary>
internal sealed record Client(string Group, Work Work)
{
    /// <summary>The traits of its requests.</summary>
    public JobTraits Traits { get; init; }

    /// <summary>
    /// After this time the client leaves, wherever its request is. A request that is running runs on without use.
    /// </summary>
    public TimeSpan Patience { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// How far the patience of single requests is from <see cref="Patience"/>, up or down, as a share of it.
    /// </summary>
    public double Scatter { get; init; }

    /// <summary>
    /// Whether the server sees that the client has left. Behind a proxy that keeps its connections it does not.
    /// </summary>
    public bool ShowsLeaving { get; init; } = true;

    /// <summary>Whether a refused client comes back after exactly the time it was told, until it is served.</summary>
    public bool Returns { get; init; }

    /// <summary>
    /// How long the client waits for the answer to one request; the largest time if it never leaves.
    /// </summary>
    public TimeSpan PatienceOf(Random random) => Patience == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue
        : Scatter == 0 ? Patience
        : Patience * (1 + (Scatter * ((2 * random.NextDouble()) - 1)));
}
