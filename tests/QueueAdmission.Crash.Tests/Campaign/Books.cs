namespace QueueAdmission.Crash.Campaign;

/// <summary>The counts of a store, and of the target table of the posts.</summary>
/// <param name="Accepted">Accepted jobs.</param>
/// <param name="Waiting">Jobs that wait.</param>
/// <param name="Running">Jobs that run.</param>
/// <param name="Done">Jobs that are done.</param>
/// <param name="Dead">Dead letters.</param>
/// <param name="Cancelled">Jobs that were cancelled.</param>
/// <param name="Discarded">Dead letters that were discarded.</param>
/// <param name="Rows">Posts in the target table.</param>
/// <param name="Repeated">Runs that found the row of their job.</param>
/// <param name="Interrupted">Jobs whose end was not stored yet at a kill, over all kills.</param>
internal record Books(
    long Accepted, long Waiting, long Running, long Done, long Dead, long Cancelled, long Discarded, long Rows,
    long Repeated, long Interrupted)
{
    public bool IsBalanced => Accepted == Waiting + Running + Done + Dead + Cancelled + Discarded;

    public bool IsIdle => Waiting + Running == 0;
}

/// <summary>What <c>GET /cache</c> of samples/PostDemo says.</summary>
internal sealed record DemoBooks(
    long Accepted, long Waiting, long Running, long Done, long Dead, long Cancelled, long Discarded, long Rows,
    long Repeated, long Interrupted, int Kills, string Worker, int? Process)
    : Books(Accepted, Waiting, Running, Done, Dead, Cancelled, Discarded, Rows, Repeated, Interrupted)
{
    /// <summary>The counts alone, to compare them across processes.</summary>
    public Books Counts => new(Accepted, Waiting, Running, Done, Dead, Cancelled, Discarded, Rows, Repeated, Interrupted);
}
