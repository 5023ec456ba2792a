namespace WebDemo;

/// <summary>One race: its number, its times, and the tallies of the shops.</summary>
internal sealed class RaceRun(int number, long start, IReadOnlyList<RaceTally> tallies)
{
    private long _end;

    /// <summary>The state before the first race.</summary>
    public static RaceRun None { get; } = CreateNone();

    public int Number => number;

    public long Start => start;

    public IReadOnlyList<RaceTally> Tallies => tallies;

    public bool IsRunning => Volatile.Read(ref _end) == 0;

    public void End(long now) => Volatile.Write(ref _end, now);

    public double Seconds(TimeProvider time)
    {
        var end = Volatile.Read(ref _end);
        return Math.Round(time.GetElapsedTime(start, end == 0 ? time.GetTimestamp() : end).TotalSeconds, 1);
    }

    private static RaceRun CreateNone()
    {
        var none = new RaceRun(0, 1, []);
        none.End(1);
        return none;
    }
}
