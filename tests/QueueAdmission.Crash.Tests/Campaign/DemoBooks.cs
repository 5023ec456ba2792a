namespace QueueAdmission.Crash.Campaign;

/// <summary>What <c>GET /cache</c> of samples/PostDemo says.</summary>
internal sealed record DemoBooks(
    long Accepted, long Waiting, long Running, long Done, long Dead, long Cancelled, long Discarded, long Rows,
    long Repeated, long Interrupted, int Kills, string Worker, int? Process)
{
    public bool IsBalanced => Accepted == Waiting + Running + Done + Dead + Cancelled + Discarded;

    public bool IsIdle => Waiting + Running == 0;
}
