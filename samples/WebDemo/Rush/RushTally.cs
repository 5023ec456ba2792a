namespace WebDemo;

/// <summary>The answer to one shopper.</summary>
internal enum Answer
{
    Sold,
    SoldOut,
    SentAway,
    Failed,
}

/// <summary>Counts the shoppers of one rush and their answers.</summary>
internal sealed class RushTally(int number, int shoppers, TimeProvider time)
{
    private readonly int[] _answers = new int[Enum.GetValues<Answer>().Length];
    private readonly long _start = time.GetTimestamp();
    private long _end;
    private int _next = -1;

    public int Number => number;

    public bool IsRunning => Volatile.Read(ref _end) == 0;

    public TimeSpan Elapsed => time.GetElapsedTime(_start, IsRunning ? time.GetTimestamp() : _end);

    /// <summary>Takes the number of the next shopper. Returns false if all shoppers have been taken.</summary>
    public bool TryNext(out int shopper) => (shopper = Interlocked.Increment(ref _next)) < shoppers;

    public void Count(Answer answer) => Interlocked.Increment(ref _answers[(int)answer]);

    public void End() => Volatile.Write(ref _end, time.GetTimestamp());

    public RushView Look()
    {
        int Told(Answer answer) => Volatile.Read(ref _answers[(int)answer]);
        var (sold, soldOut, sentAway, failed) = (
            Told(Answer.Sold), Told(Answer.SoldOut), Told(Answer.SentAway), Told(Answer.Failed));
        return new RushView(number, IsRunning, shoppers, sold + soldOut + sentAway + failed, sold, soldOut, sentAway,
            failed, Math.Round(Elapsed.TotalSeconds, 1));
    }
}
