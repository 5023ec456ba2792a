namespace QueueAdmission;

/// <summary>
/// Detects a rush early: more jobs arrive than the queue can serve. The sign of a rush is a demand that keeps growing.
/// </summary>
/// <remarks>
/// <para>Waits show a rush late: a wait reaches the interval of <see cref="OverloadControl"/> only after jobs have
/// waited that long. The demand shows the rush earlier. It is measured in stretches, each of which lasts until 32
/// further jobs have ended. The service rate therefore need not be known, and the detection works from the first job
/// on. At twice the capacity, 64 jobs arrive in one stretch.</para>
/// <para><b>Not a burst.</b> A burst makes the demand grow in one stretch, and then the line becomes shorter. A rush is
/// therefore reported only if, in each of two successive stretches, at least 16 more jobs arrive than end, and at least
/// 56 jobs wait. At 90 % load, one stretch meets its condition by chance once in 200 times. Two in a row with 56
/// waiting jobs are very unlikely. A queue with fewer than 56 places never reports a rush, because its line stays short
/// in any case.</para>
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

    /// <summary>Updates the measurement. Called while jobs wait.</summary>
    /// <param name="ended">The number of jobs that have ended so far.</param>
    /// <param name="demand">
    /// The number of jobs that wait now, plus those that have been refused or have left so far.
    /// </param>
    /// <param name="waiting">The number of jobs that wait.</param>
    /// <returns>True if there is a rush.</returns>
    public bool Observe(long ended, long demand, int waiting)
    {
        if (!_isCounting)
        {
            _isCounting = true;
            _endsAt = ended + StretchJobs;
            // All waiting jobs have arrived since the line was last empty, so they count in the first stretch.
            _demand = demand - waiting;
        }
        if (ended < _endsAt)
            return false;
        _growing = demand - _demand >= MinGrowth ? _growing + 1 : 0;
        _demand = demand;
        _endsAt = ended + StretchJobs;
        return _growing >= Stretches && waiting >= MinWaiting;
    }

    /// <summary>Discards the measurement. Called when no job waits.</summary>
    public void Reset() => this = default;
}
