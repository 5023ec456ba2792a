namespace QueueAdmission.Simulation.VirtualTime;

internal enum Ending
{
    Served,
    Rejected,
    Left,
}

/// <summary>One request, from its arrival to its end. Times are in ticks of the world's clock.</summary>
/// <param name="Client">The client that sent the request.</param>
/// <param name="Patience">
/// How long the client waits for this answer, or <see cref="TimeSpan.MaxValue"/> if it never leaves.
/// </param>
/// <param name="Attempt">0 for the first attempt. Incremented each time the client returns.</param>
/// <param name="Arrived">The time at which the request arrived.</param>
/// <param name="Started">The time at which the request got a worker. Meaningless unless it was served.</param>
/// <param name="Ended">The time at which the request was served or refused, or its client left the queue.</param>
/// <param name="Ending">How the request ended.</param>
/// <param name="Reason">The reason of the refusal, if the request was refused.</param>
/// <param name="RetryAfter">The Retry-After of the refusal, if the request was refused.</param>
internal readonly record struct Visit(
    Client Client, TimeSpan Patience, int Attempt, long Arrived, long Started, long Ended, Ending Ending,
    RejectionReason Reason = 0, TimeSpan RetryAfter = default)
{
    /// <summary>Whether the client got its answer while it still waited.</summary>
    public bool Succeeded => Ending == Ending.Served && IsInTime;

    /// <summary>Whether the request occupied a worker until after its client had left.</summary>
    public bool IsWasted => Ending == Ending.Served && !IsInTime;

    public TimeSpan Waited => new(Started - Arrived);

    private bool IsInTime => Ended - Arrived <= Patience.Ticks;
}
