namespace WebDemo;

/// <summary>How a visit can end.</summary>
internal enum VisitEnd
{
    Sold,
    SoldOut,
    Refused,
    RefusedAndToldWhen,
    Failed,
    GaveUp,
}

/// <summary>Counts the shoppers of one shop in one race.</summary>
internal sealed class RaceTally
{
    private static readonly long LongWait = TimeSpan.TicksPerSecond;

    private readonly int[] _ends = new int[Enum.GetValues<VisitEnd>().Length];
    private int _came;
    private int _waited;
    private long _longest;

    public int Came => Volatile.Read(ref _came);

    /// <summary>The number of shoppers that have no answer yet.</summary>
    public int Inside => Math.Max(0, Came - _ends.Sum());

    public void Come() => Interlocked.Increment(ref _came);

    public void Count(VisitEnd end, TimeSpan wait)
    {
        Interlocked.Increment(ref _ends[(int)end]);
        if (wait.Ticks > LongWait)
            Interlocked.Increment(ref _waited);
        var longest = Interlocked.Read(ref _longest);
        while (wait.Ticks > longest)
        {
            var seen = Interlocked.CompareExchange(ref _longest, wait.Ticks, longest);
            if (seen == longest)
                break;
            longest = seen;
        }
    }

    public RaceBooks Look()
    {
        int Ended(VisitEnd end) => Volatile.Read(ref _ends[(int)end]);
        var told = Ended(VisitEnd.RefusedAndToldWhen);
        return new RaceBooks(
            Came, Ended(VisitEnd.Sold), Ended(VisitEnd.SoldOut), Ended(VisitEnd.Refused) + told,
            told, Ended(VisitEnd.Failed), Ended(VisitEnd.GaveUp), Volatile.Read(ref _waited),
            Math.Round(TimeSpan.FromTicks(Interlocked.Read(ref _longest)).TotalSeconds, 1));
    }
}
