namespace QueueAdmission;

/// <summary>
/// The result of <see cref="JobQueue.EnterAsync(CancellationToken)"/>: a worker, or a refusal. Dispose the lease when
/// the job has ended.
/// </summary>
/// <remarks>
/// The worker is released exactly once, even if the lease and its copies are disposed several times or from several
/// threads.
/// </remarks>
public readonly struct QueueLease : IDisposable
{
    private readonly LeaseTicket? _ticket;

    // With a ticket, its version. Without one, the refusal: the seconds in the upper bits, and the reason in the lowest
    // 8 bits. A lease has only two words, so that it is passed in registers.
    private readonly long _value;

    private QueueLease(LeaseTicket ticket)
    {
        _ticket = ticket;
        _value = ticket.Version;
    }

    private QueueLease(Rejection rejection) =>
        _value = ((long)rejection.RetryAfter.TotalSeconds << 8) | (long)rejection.Reason;

    /// <summary>Whether the job may run. If not, <see cref="Rejection"/> contains the reason.</summary>
    public bool IsAdmitted => _ticket is not null;

    /// <summary>The refusal; null if the job was admitted.</summary>
    public Rejection? Rejection =>
        _ticket is not null || _value == 0
            ? null
            : new Rejection((RejectionReason)(_value & 255), TimeSpan.FromSeconds(_value >> 8));

    /// <summary>
    /// Releases the worker. Further calls have no effect, and neither has a call on the lease of a refused job.
    /// </summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public void Dispose() => _ticket?.Release(_value);

    /// <summary>
    /// Excludes the latency of this job from the search of <see cref="JobQueueOptions.AdaptiveWorkers"/>, because it is
    /// not comparable to that of other jobs. For example, the job streams its result, or has found it in a cache.
    /// </summary>
    /// <remarks>
    /// Call this method before <see cref="Dispose"/>. Call it also for work that failed: the queue cannot see whether
    /// work under a lease has failed, and would count it. The method affects neither metrics nor estimates.
    /// </remarks>
    public void IgnoreLatency() => _ticket?.IgnoreLatency();

    /// <summary>
    /// Reports that a service called by the job is overloaded, for example because it answered 429 or 503, or timed
    /// out. With <see cref="JobQueueOptions.AdaptiveWorkers"/>, the queue then reduces its workers by a quarter, at
    /// most once per window of at least 100 jobs. Call this method before <see cref="Dispose"/>.
    /// </summary>
    public void ReportOverload() => _ticket?.ReportOverload(_value);

    /// <summary>
    /// The token that is cancelled when this process loses its lease on the worker, so that other processes may use the
    /// worker. Never cancelled for a queue that is not shared.
    /// </summary>
    /// <remarks>
    /// Read this property once, at the beginning of the job. It returns the token of the lease in force at that moment.
    /// </remarks>
    public CancellationToken LeaseLost => _ticket?.QueueOf(_value)?.Lease?.Lost ?? CancellationToken.None;

    /// <summary>
    /// The fencing token to write with the results of the job. With it, the receiving store can refuse the writes of a
    /// job that has lost its lease. Null unless the processes share exactly one worker, and this process has the lease
    /// on it.
    /// </summary>
    /// <remarks>Read this property once, at the beginning of the job, before the job changes anything.</remarks>
    public long? FencingToken => _ticket?.QueueOf(_value)?.Lease?.FencingToken;

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    internal static QueueLease Admitted(AdmissionEngine engine) => new(LeaseTicket.Issue(engine));

    internal static QueueLease Admitted(AdmissionEngine engine, JobRecord? held) =>
        new(LeaseTicket.Issue(engine, held));

    internal static QueueLease From(AdmissionEngine engine, in Admission admission) =>
        admission.IsAdmitted ? Admitted(engine, admission.Held) : new QueueLease(admission.Rejection);

    /// <summary>Returns a lease on a worker that the caller already holds. Disposing it releases nothing.</summary>
    internal static QueueLease Shared(JobQueue queue) => new(LeaseTicket.IssueShared(queue.Engine));

    /// <summary>
    /// Returns a lease on the one worker that the caller has just taken with <see cref="AdmissionEngine.TryAdmit"/>.
    /// </summary>
    internal static QueueLease Admitted(JobQueue queue) => Admitted(queue.Engine);

    /// <summary>Whether the lease holds a worker that has not been released yet.</summary>
    internal bool IsHeld => _ticket is not null && _ticket.IsOut(_value);

    internal void ThrowIfRefused(string queueName)
    {
        if (!IsAdmitted)
            throw new JobRejectedException(queueName, Rejection!.Value);
    }
}
