namespace QueueAdmission.Simulation.VirtualTime;

internal enum Ending
{
    Served,
    Rejected,
    Left,
}

/// <summary>One request, from its arrival to its end. Moments are ticks of the world's clock.</summary>
/// <param name="Client">Its client.</param>
/// <param name="Patience">How long the client waits for this answer; the largest time if it never leaves.</param>
/// <param name="Attempt">0 for the first one; a client that returns counts up.</param>
/// <param name="Arrived">When it came.</param>
/// <param name="Started">When it got a worker; meaningless unless it was served.</param>
/// <param name="Ended">When it was served, was refused or left.</param>
/// <param name="Ending">What became of it.</param>
/// <param name="Reason">Why it was refused, if it was.</param>
/// <param name="RetryAfter">What it was told, if it was refused.</param>
internal readonly record struct Visit(
    Client Client, TimeSpan Patience, int Attempt, long Arrived, long Started, long Ended, Ending Ending,
    RejectionReason Reason = 0, TimeSpan RetryAfter = default)
{
    /// <summary>The client got its answer while it still waited for it.</summary>
    public bool Succeeded => Ending == Ending.Served && IsInTime;

    /// <summary>A worker was busy although the client had left.</summary>
    public bool IsWasted => Ending == Ending.Served && !IsInTime;

    public TimeSpan Waited => new(Started - Arrived);

    private bool IsInTime => Ended - Arrived <= Patience.Ticks;
}
