namespace QueueAdmission;

/// <summary>
/// Where a job stands with its queue. <see cref="Waiting"/> is left exactly once, under the queue's lock: that decides
/// between grant, timeout and cancellation.
/// </summary>
internal enum AdmissionStatus : byte
{
    Waiting = 0,
    Admitted = 1,
    Rejected = 2,
    Abandoned = 3,
}

/// <summary>What the queue decided about one job. Three words.</summary>
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
    /// What to give back at the end, by <see cref="AdmissionEngine.Release(JobRecord?)"/>; null where the job holds one
    /// worker and no more is known of it.
    /// </summary>
    public JobRecord? Held { get; }

    public bool IsAdmitted => Status == AdmissionStatus.Admitted;

    /// <summary>
    /// Whether the job was admitted without waiting and holds one worker, and there is no more to say about it.
    /// </summary>
    public bool IsPlain => IsAdmitted && Held is null && _waited == 0 && _detail == 0 && _reason == 0;

    /// <summary>How many waited before this job when it came; 0 when it did not wait.</summary>
    public int WaitersAhead => IsAdmitted ? _detail : 0;

    /// <summary>How long the job waited, in ticks of the queue's clock.</summary>
    public long WaitedTimestampTicks => _waited;

    /// <summary>Why a job that was let through would have been refused; null if it would not.</summary>
    public RejectionReason? WouldHaveRejected => IsAdmitted && _reason != 0 ? (RejectionReason)_reason : null;

    public Rejection Rejection => new((RejectionReason)_reason, TimeSpan.FromSeconds(_detail));

    public static Admission Immediate(JobRecord? held) => new(AdmissionStatus.Admitted, 0, 0, 0, held);

    public static Admission LetThrough(DryRunVerdict verdict, JobRecord? held) =>
        new(AdmissionStatus.Admitted, (byte)(verdict.Reason ?? 0), 0, 0, held);

    /// <summary>Of a job that had left before it came: its caller was gone already.</summary>
    public static Admission LeftBefore() => new(AdmissionStatus.Abandoned, 0, 0, 0, null);

    public static Admission Refused(RejectionReason reason, int retryAfterSeconds) =>
        new(AdmissionStatus.Rejected, (byte)reason, retryAfterSeconds, 0, null);

    public static Admission AfterWaiting(AdmissionStatus status, byte reason, int detail, long waited, JobRecord? held) => new(status, reason, detail, waited, held);
}
