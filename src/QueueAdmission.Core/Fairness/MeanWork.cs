namespace QueueAdmission;

/// <summary>
/// How long a job of the queue works on average, in ticks of the clock. A job is charged this when it starts, until its
/// own time is known.
/// </summary>
/// <remarks>The mean of the last jobs. Each new job has the weight 1/64, or more while there were fewer.</remarks>
internal sealed class MeanWork
{
    private const int Memory = 64;

    private int _seen;

    /// <summary>At least one tick; one tick as well until a job has ended.</summary>
    public double Ticks { get; private set; } = 1;

    public void Learn(long elapsed)
    {
        _seen = Math.Min(_seen + 1, Memory);
        Ticks = Math.Max(1, Ticks + ((elapsed - Ticks) / _seen));
    }
}
