namespace QueueAdmission.Crash.Campaign;

/// <summary>The counts of a store and of the target table of the posts.</summary>
/// <param name="Accepted">Accepted jobs.</param>
/// <param name="Waiting">Waiting jobs.</param>
/// <param name="Running">Running jobs.</param>
/// <param name="Done">Completed jobs.</param>
/// <param name="Dead">Dead letters.</param>
/// <param name="Cancelled">Cancelled jobs.</param>
/// <param name="Discarded">Discarded dead letters.</param>
/// <param name="Rows">Posts in the target table.</param>
/// <param name="Repeated">Runs that found an existing row of their job.</param>
/// <param name="Interrupted">
/// Jobs whose end was not stored yet when a process was killed, summed over all kills.
/// </param>
internal record Books(
    long Accepted, long Waiting, long Running, long Done, long Dead, long Cancelled, long Discarded, long Rows,
    long Repeated, long Interrupted)
{
    public bool IsBalanced => Accepted == Waiting + Running + Done + Dead + Cancelled + Discarded;

    public bool IsIdle => Waiting + Running == 0;
}

/// <summary>The answer of <c>GET /cache</c> in samples/PostDemo.</summary>
internal sealed record DemoBooks(
    long Accepted, long Waiting, long Running, long Done, long Dead, long Cancelled, long Discarded, long Rows,
    long Repeated, long Interrupted, int Kills, string Worker, int? Process)
    : Books(Accepted, Waiting, Running, Done, Dead, Cancelled, Discarded, Rows, Repeated, Interrupted)
{
    /// <summary>The counts without the process information, to compare them across processes.</summary>
    public Books Counts =>
        new(Accepted, Waiting, Running, Done, Dead, Cancelled, Discarded, Rows, Repeated, Interrupted);
}
