namespace QueueAdmission;

/// <summary>
/// The mean running time of jobs, in ticks of the clock. It is the estimate that is charged when a job starts. The
/// measured time replaces the estimate when the job has ended.
/// </summary>
/// <remarks>
/// An exponential moving average in which each new job has the weight 1/64. During the first 64 jobs it is the plain
/// mean.
/// </remarks>
internal struct MeanWork
{
    private const int Memory = 64;

    private int _seen;
    private double _ticks;

    /// <summary>Whether at least one job has ended.</summary>
    public readonly bool IsKnown => _seen > 0;

    /// <summary>The mean. At least one tick, even while no job has ended.</summary>
    public readonly double Ticks => Math.Max(1, _ticks);

    public void Learn(long elapsed)
    {
        _seen = Math.Min(_seen + 1, Memory);
        _ticks += (elapsed - _ticks) / _seen;
    }
}
