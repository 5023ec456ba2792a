namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// A client that sends requests: the duration of their jobs, how long the client waits for an answer, and how it reacts
/// to a refusal.
/// </summary>
internal sealed record Client(string Group, Work Work)
{
    /// <summary>The traits of the requests.</summary>
    public JobTraits Traits { get; init; }

    /// <summary>
    /// The time after which the client leaves, whether its request waits or runs. A running request continues without
    /// use.
    /// </summary>
    public TimeSpan Patience { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// The largest deviation of the patience of single requests from <see cref="Patience"/>, up or down, as a fraction
    /// of it.
    /// </summary>
    public double Scatter { get; init; }

    /// <summary>
    /// Whether the server notices that the client has left. Behind a proxy that keeps its connections open, it does
    /// not.
    /// </summary>
    public bool ShowsLeaving { get; init; } = true;

    /// <summary>Whether a refused client returns after exactly the time in Retry-After, until it is served.</summary>
    public bool Returns { get; init; }

    /// <summary>
    /// Returns how long the client waits for the answer to one request, or <see cref="TimeSpan.MaxValue"/> if it never
    /// leaves.
    /// </summary>
    public TimeSpan PatienceOf(Random random) => Patience == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue
        : Scatter == 0 ? Patience
        : Patience * (1 + (Scatter * ((2 * random.NextDouble()) - 1)));
}
