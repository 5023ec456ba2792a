namespace QueueAdmission;

/// <summary>
/// How long a job works on average, in ticks of the clock. A job is charged this when it starts, until its own time is
/// known.
/// </summary>
/// <remarks>The mean of the last jobs. Each new job has the weight 1/64, or more while there were fewer.</remarks>
internal struct MeanWork
{
    private const int Memory = 64;

    private int _seen;
    private double _ticks;

    /// <summary>Whether a job has ended.</summary>
    public readonly bool IsKnown => _seen > 0;

    /// <summary>The mean; at least one tick, also while no job has ended.</summary>
    public readonly double Ticks => Math.Max(1, _ticks);

    public void Learn(long elapsed)
    {
        _seen = Math.Min(_seen + 1, Memory);
        _ticks += (elapsed - _ticks) / _seen;
    }
}
