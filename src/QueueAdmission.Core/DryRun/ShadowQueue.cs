namespace QueueAdmission;

/// <summary>
/// The line that a queue in dry run would have. Dry run lets every job through, so the line is only calculated.
/// </summary>
/// <remarks>
/// <para>The line is a leaky bucket. A job that comes while all workers are busy, or while the bucket is not empty,
/// adds 1 to it. The bucket drains at the pace of the workers: workers ÷ mean service time. So a rush fills the line,
/// even if the service takes all of it at once.</para>
/// <para>The mean service time comes from Little's law, running = rate × time. It is the sum of the workers in use over
/// time, divided by the jobs that ended. That needs no timestamp for each job. With weights it is in
/// worker-seconds.</para>
/// <para>Two things are unknown: whether jobs would be quicker if fewer ran at once, and what keys, priorities or
/// overload control would have decided. Guarded by the queue's lock.</para>
/// </remarks>
internal sealed class ShadowQueue(long now, long ran)
{
    /// <summary>
    /// The number of jobs after which half of the known service time is forgotten. So it follows a service that becomes
    /// slower.
    /// </summary>
    private const double Memory = 512;

    private long _now = now;
    private long _ran = ran;
    private int _running;
    private double _workerTicks;
    private double _ended;
    private double _waiting;

    /// <summary>
    /// Ticks of the clock for which a job occupies a worker, on average; 0 until the first job has ended.
    /// </summary>
    public double ServiceTicks => _ended > 0 ? _workerTicks / _ended : 0;

    /// <summary>The number of jobs that would wait.</summary>
    public int Waiting => (int)_waiting;

    /// <summary>Advances the line to <paramref name="now"/>, when jobs arrived or ended.</summary>
    /// <param name="now">The current timestamp.</param>
    /// <param name="running">Workers in use from now on.</param>
    /// <param name="ran">Jobs that have ended so far.</param>
    /// <param name="workers">The workers in force.</param>
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
    /// <param name="hasWorkers">Whether the workers it needs are free.</param>
    /// <param name="workers">The workers in force.</param>
    /// <param name="places">The number of jobs that may wait.</param>
    /// <param name="patience">The longest allowed wait, in ticks of the clock.</param>
    /// <param name="impatience">The reason for a job whose wait would be longer.</param>
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
