namespace QueueAdmission;

/// <summary>
/// The answer to <see cref="JobQueue.EnterAsync(CancellationToken)"/>: a worker, or a refusal. Dispose it when the job
/// has ended.
/// </summary>
/// <remarks>However often the lease or a copy of it is disposed, and from however many threads, its worker is given
/// back once.</remarks>
public readonly struct QueueLease : IDisposable
{
    private readonly LeaseTicket? _ticket;

    // With a ticket: its version. Without: the refusal, its seconds above its reason. Two words in all, so that a lease
    // travels in registers.
    private readonly long _value;

    private QueueLease(LeaseTicket ticket)
    {
        _ticket = ticket;
        _value = ticket.Version;
    }

    private QueueLease(Rejection rejection) =>
        _value = ((long)rejection.RetryAfter.TotalSeconds << 8) | (long)rejection.Reason;

    /// <summary>Whether the job may run. If not, <see cref="Rejection"/> says why.</summary>
    public bool IsAdmitted => _ticket is not null;

    /// <summary>The refusal; null if the job was admitted.</summary>
    public Rejection? Rejection =>
        _ticket is not null || _value == 0
            ? null
            : new Rejection((RejectionReason)(_value & 255), TimeSpan.FromSeconds(_value >> 8));

    /// <summary>
    /// Gives the worker back. Further calls do nothing, and so does a call on the lease of a refused job.
    /// </summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public void Dispose() => _ticket?.Release(_value);

    /// <summary>
    /// Excludes this job from the search of <see cref="JobQueueOptions.AdaptiveWorkers"/>, because its time says
    /// nothing about other jobs. For example, it streams, or found its answer in a cache.
    /// </summary>
    /// <remarks>
    /// Call it before <see cref="Dispose"/>, also for work that failed: the queue cannot see how the work under a lease
    /// ended, and counts it otherwise. It changes nothing else, such as metrics or estimates.
    /// </remarks>
    public void IgnoreLatency() => _ticket?.IgnoreLatency();

    /// <summary>
    /// Reports that a service called by the job is overloaded: it answered 429 or 503, or timed out. With
    /// <see cref="JobQueueOptions.AdaptiveWorkers"/> the queue goes on with fewer workers, by at most a quarter for
    /// each window of some hundred jobs. Call it before <see cref="Dispose"/>.
    /// </summary>
    public void ReportOverload() => _ticket?.ReportOverload(_value);

    /// <summary>
    /// Cancelled when this process loses its right to the worker to other processes. Never cancelled for a queue that
    /// is not shared.
    /// </summary>
    /// <remarks>Read it once, at the beginning of the job: it is the token of the lease of that moment.</remarks>
    public CancellationToken LeaseLost => _ticket?.QueueOf(_value)?.Lease?.Lost ?? CancellationToken.None;

    /// <summary>
    /// The number to write with the results of the job, so that a store can refuse a job that has lost its right. Null
    /// unless the processes share exactly one worker, and this one has it.
    /// </summary>
    /// <remarks>Read it once, at the beginning of the job, before anything that the job changes.</remarks>
    public long? FencingToken => _ticket?.QueueOf(_value)?.Lease?.FencingToken;

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    internal static QueueLease Admitted(AdmissionEngine engine) => new(LeaseTicket.Issue(engine));

    internal static QueueLease Admitted(AdmissionEngine engine, JobRecord? held) =>
        new(LeaseTicket.Issue(engine, held));

    internal static QueueLease From(AdmissionEngine engine, in Admission admission) =>
        admission.IsAdmitted ? Admitted(engine, admission.Held) : new QueueLease(admission.Rejection);

    /// <summary>A lease on a worker that its caller holds already. It gives nothing back.</summary>
    internal static QueueLease Shared(JobQueue queue) => new(LeaseTicket.IssueShared(queue.Engine));

    /// <summary>
    /// A lease on the one worker that its caller has just taken by <see cref="AdmissionEngine.TryAdmit"/>.
    /// </summary>
    internal static QueueLease Admitted(JobQueue queue) => Admitted(queue.Engine);

    /// <summary>Whether a worker was given and not given back yet.</summary>
    internal bool IsHeld => _ticket is not null && _ticket.IsOut(_value);

    internal void ThrowIfRefused(string queueName)
    {
        if (!IsAdmitted)
            throw new JobRejectedException(queueName, Rejection!.Value);
    }
}
