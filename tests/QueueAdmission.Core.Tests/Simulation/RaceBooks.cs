namespace QueueAdmission.Simulation;

/// <summary>
/// What the flows of a race observed, counted independently of the queue. Each flow has one object, and all objects are
/// added up at the end.
/// </summary>
internal sealed class RaceBooks
{
    public long Ran;
    public long Failed;
    public long Abandoned;

    /// <summary>
    /// Calls that were canceled at once, because the token was canceled before the job arrived or while it took its
    /// place.
    /// </summary>
    public long CancelledAtOnce;

    /// <summary>
    /// Background jobs that were refused or canceled while they waited. The counters of the queue do not include them.
    /// </summary>
    public long BackgroundEnded;

    /// <summary>Calls that were canceled although their token was not. There must be none.</summary>
    public long CancelledByStrangers;

    /// <summary>
    /// Pushed jobs that ran before <see cref="JobQueue.Push(Func{CancellationToken, Task}, CancellationToken)"/>
    /// returned. There must be none.
    /// </summary>
    public long RanInsidePush;

    public long[] Rejected { get; } = new long[Enum.GetValues<RejectionReason>().Length + 1];

    public long Operations =>
        Ran + Abandoned + CancelledAtOnce + BackgroundEnded + CancelledByStrangers + Rejected.Sum();

    public void Add(RaceBooks other)
    {
        Ran += other.Ran;
        Failed += other.Failed;
        Abandoned += other.Abandoned;
        CancelledAtOnce += other.CancelledAtOnce;
        BackgroundEnded += other.BackgroundEnded;
        CancelledByStrangers += other.CancelledByStrangers;
        RanInsidePush += other.RanInsidePush;
        for (var i = 0; i < Rejected.Length; i++)
            Rejected[i] += other.Rejected[i];
    }

    public void Cancelled(CancellationToken own, bool atOnce)
    {
        if (!own.IsCancellationRequested)
            CancelledByStrangers++;
        else if (atOnce)
            CancelledAtOnce++;
        else
            Abandoned++;
    }

    public override string ToString() =>
        $"{Operations:N0} operations: {Ran:N0} ran ({Failed:N0} threw), {Abandoned:N0} abandoned, "
        + $"{CancelledAtOnce:N0} cancelled at once, {CancelledByStrangers:N0} by strangers, "
        + string.Join(
            ", ",
            Enum.GetValues<RejectionReason>().Select(reason => $"{Rejected[(int)reason]:N0} {reason.ToWireName()}"));
}
