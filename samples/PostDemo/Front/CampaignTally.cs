namespace PostDemo;

/// <summary>Counts the answers of one campaign.</summary>
internal sealed class CampaignTally(int number, int posts, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private int _next;
    private int _accepted;
    private int _failed;
    private int _again;
    private long _end;

    public int Number => number;

    public bool IsRunning => Volatile.Read(ref _end) == 0;

    /// <summary>Takes the next post.</summary>
    /// <returns>False if all are taken.</returns>
    public bool TryNext(out int post)
    {
        post = Interlocked.Increment(ref _next);
        return post <= posts;
    }

    public void Count(bool isAccepted) => Interlocked.Increment(ref isAccepted ? ref _accepted : ref _failed);

    /// <summary>Counts a post that was refused and is sent again.</summary>
    public void CountAgain() => Interlocked.Increment(ref _again);

    public void End() => Volatile.Write(ref _end, Math.Max(1, time.GetTimestamp()));

    public CampaignView Look()
    {
        var end = Volatile.Read(ref _end);
        var elapsed = time.GetElapsedTime(_start, end == 0 ? time.GetTimestamp() : end);
        return new CampaignView(
            posts, Volatile.Read(ref _accepted), Volatile.Read(ref _failed), Volatile.Read(ref _again), end == 0,
            Math.Round(elapsed.TotalSeconds, 1));
    }
}

/// <summary>A campaign at one moment.</summary>
/// <param name="Posts">How many posts it has.</param>
/// <param name="Accepted">Posts that were answered with 202.</param>
/// <param name="Failed">Posts that were answered otherwise, or not at all. Should be 0.</param>
/// <param name="Again">How often a post was refused with 503, and sent again.</param>
/// <param name="IsRunning">Whether the campaign is still running.</param>
/// <param name="Seconds">How long it has taken so far, or in all.</param>
internal sealed record CampaignView(int Posts, int Accepted, int Failed, int Again, bool IsRunning, double Seconds);
