namespace QueueAdmission;

/// <summary>
/// Calculates the line that a queue would have without a dry run. In a dry run every job is admitted, so there is no
/// real line.
/// </summary>
/// <remarks>
/// <para>The line is modelled as a leaky bucket. A job that arrives while all workers are busy, or while the bucket is
/// not empty, adds 1 to the bucket. The bucket drains at the rate of the workers: workers ÷ mean service time. A rush
/// therefore fills the calculated line, although all of its jobs are admitted at once.</para>
/// <para>The mean service time follows from Little's law: running jobs = rate × time. It is the integral of the workers
/// in use over time, divided by the number of jobs that ended. This calculation needs no timestamp for each job. With
/// weights, the result is the mean working time of a job summed over its workers.</para>
/// <para>The model ignores two things. Jobs might be faster if fewer of them ran at once. Keys, priorities and overload
/// control might lead to other decisions. Guarded by the queue's lock.</para>
/// </remarks>
internal sealed class ShadowQueue(long now, long ran)
{
    /// <summary>
    /// If more jobs than this have ended, the sums for the mean service time are halved. The mean therefore follows a
    /// service that becomes slower or faster.
    /// </summary>
    private const double Memory = 512;

    private long _now = now;
    private long _ran = ran;
    private int _running;
    private double _workerTicks;
    private double _ended;
    private double _waiting;

    /// <summary>
    /// The mean time for which a job occupies a worker, in ticks of the clock. 0 until the first job has ended.
    /// </summary>
    public double ServiceTicks => _ended > 0 ? _workerTicks / _ended : 0;

    /// <summary>The number of jobs that would wait.</summary>
    public int Waiting => (int)_waiting;

    /// <summary>
    /// Advances the calculated line to <paramref name="now"/>. Called when jobs have arrived or ended.
    /// </summary>
    /// <param name="now">The current timestamp.</param>
    /// <param name="running">The number of workers in use from now on.</param>
    /// <param name="ran">The number of jobs that have ended so far.</param>
    /// <param name="workers">The limit of workers in force.</param>
    public void Observe(long now, int running, long ran, int workers)
    {
        var passed = now - _now;
        _workerTicks += (double)passed * _running;
        _ended += ran - _ran;
        if (_ended > Memory)
            (_workerTicks, _ended) = (_workerTicks / 2, _ended / 2);
        (_now, _running, _ran) = (now, running, ran);
        if (_ended > 0)
            _waiting = ServiceTicks > 0 ? Math.Max(0, _waiting - (passed * workers / ServiceTicks)) : 0;
    }

    /// <summary>Decides about a job that arrives. Call <see cref="Observe"/> first.</summary>
    /// <param name="hasWorkers">Whether enough workers for the job are free.</param>
    /// <param name="workers">The limit of workers in force.</param>
    /// <param name="places">The maximum number of waiting jobs.</param>
    /// <param name="patience">The longest allowed wait, in ticks of the clock.</param>
    /// <param name="impatience">The reason of the refusal if the wait would be longer.</param>
    public DryRunVerdict Arrive(bool hasWorkers, int workers, long places, long patience, RejectionReason impatience)
    {
        if (hasWorkers && _waiting < 1)
            return default;
        if (_waiting + 1 > places)
            return new(Waits: false, RejectionReason.QueueFull);
        if (patience <= 0 || (_waiting + 1) * ServiceTicks / workers > patience)
            return new(Waits: false, impatience);
        _waiting++;
        return new(Waits: true, null);
    }
}
