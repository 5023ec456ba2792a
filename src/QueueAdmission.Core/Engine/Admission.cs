namespace QueueAdmission;

/// <summary>
/// The state of a job in its queue. A job leaves <see cref="AdmissionStatus.Waiting"/> exactly once, under the queue's
/// lock. The new state is the outcome: a grant, a refusal or a cancellation.
/// </summary>
internal enum AdmissionStatus : byte
{
    Waiting = 0,
    Admitted = 1,
    Rejected = 2,
    Abandoned = 3,
}

/// <summary>The decision of the queue about one job. The struct takes three 64-bit words of memory.</summary>
internal readonly struct Admission
{
    private readonly long _waited;
    private readonly int _detail;
    private readonly byte _reason;

    private Admission(AdmissionStatus status, byte reason, int detail, long waited, JobRecord? held)
    {
        Held = held;
        Status = status;
        _reason = reason;
        _detail = detail;
        _waited = waited;
    }

    public AdmissionStatus Status { get; }

    /// <summary>
    /// The record to pass to <see cref="AdmissionEngine.Release(JobRecord)"/> when the job ends. Null if the job holds
    /// one worker and its end needs no record.
    /// </summary>
    public JobRecord? Held { get; }

    public bool IsAdmitted => Status == AdmissionStatus.Admitted;

    /// <summary>Whether the job was admitted without a wait, holds one worker, and has no record to release.</summary>
    public bool IsPlain => IsAdmitted && Held is null && _waited == 0 && _detail == 0 && _reason == 0;

    /// <summary>
    /// The number of jobs that were already waiting when this job arrived. 0 if the job did not wait.
    /// </summary>
    public int WaitersAhead => IsAdmitted ? _detail : 0;

    /// <summary>The time for which the job waited, in ticks of the queue's clock.</summary>
    public long WaitedTimestampTicks => _waited;

    /// <summary>
    /// The reason for which the queue would have refused the job without a dry run. Null if the queue would not have
    /// refused the job, or is not in dry run.
    /// </summary>
    public RejectionReason? WouldHaveRejected => IsAdmitted && _reason != 0 ? (RejectionReason)_reason : null;

    public Rejection Rejection => new((RejectionReason)_reason, TimeSpan.FromSeconds(_detail));

    public static Admission Immediate(JobRecord? held) => new(AdmissionStatus.Admitted, 0, 0, 0, held);

    public static Admission LetThrough(DryRunVerdict verdict, JobRecord? held) =>
        new(AdmissionStatus.Admitted, (byte)(verdict.Reason ?? 0), 0, 0, held);

    /// <summary>Returns the decision about a job whose caller had left before the job arrived.</summary>
    public static Admission LeftBefore() => new(AdmissionStatus.Abandoned, 0, 0, 0, null);

    public static Admission Refused(RejectionReason reason, int retryAfterSeconds) =>
        new(AdmissionStatus.Rejected, (byte)reason, retryAfterSeconds, 0, null);

    public static Admission AfterWaiting(
        AdmissionStatus status, byte reason, int detail, long waited, JobRecord? held) =>
        new(status, reason, detail, waited, held);
}
