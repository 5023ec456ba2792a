namespace QueueAdmission;

/// <summary>
/// Recognises at its beginning that more jobs come than the queue can serve. The sign is a demand that keeps growing.
/// </summary>
/// <remarks>
/// <para>Waits show a rush late: they are as long as an interval only after the line was long for an interval. The
/// demand shows it early. It is counted in stretches in which 32 jobs end. So no speed has to be known, and the sign
/// works from the first job on. In one stretch at twice the capacity, 64 jobs come.</para>
/// <para><b>Not a burst.</b> A burst makes the demand grow in one stretch, and then the line becomes shorter. So two
/// stretches in a row must bring 16 more jobs than ended, and 56 must wait. At 90 % load a stretch does so by chance
/// once in 200 times, and two in a row with so many waiters almost never. A line with fewer places is short
/// anyway.</para>
/// <para>Guarded by the queue's lock.</para>
/// </remarks>
internal struct RushSign
{
    private const int StretchJobs = 32;
    private const int MinGrowth = 16;
    private const int MinWaiting = 56;
    private const int Stretches = 2;

    private bool _isCounting;
    private long _endsAt;
    private long _demand;
    private int _growing;

    /// <summary>Takes note of the queue while jobs wait.</summary>
    /// <param name="ended">The jobs that have ended so far.</param>
    /// <param name="demand">The jobs that wait, and those that were refused or left so far.</param>
    /// <param name="waiting">The jobs that wait.</param>
    /// <returns>Whether a rush has begun.</returns>
    public bool Observe(long ended, long demand, int waiting)
    {
        if (!_isCounting)
        {
            _isCounting = true;
            _endsAt = ended + StretchJobs;
            // These came since the queue was empty.
            _demand = demand - waiting;
        }
        if (ended < _endsAt)
            return false;
        _growing = demand - _demand >= MinGrowth ? _growing + 1 : 0;
        _demand = demand;
        _endsAt = ended + StretchJobs;
        return _growing >= Stretches && waiting >= MinWaiting;
    }

    /// <summary>Called when no job waits any more, or none had to.</summary>
    public void Reset() => this = default;
}
