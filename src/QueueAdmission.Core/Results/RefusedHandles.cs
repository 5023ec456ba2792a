namespace QueueAdmission;

/// <summary>
/// Caches the completed handles of refused pushed jobs. Equal refusals share one handle, so that refusing a pushed job
/// normally allocates nothing.
/// </summary>
internal sealed class RefusedHandles
{
    private const int Seconds = 64;

    private readonly JobHandle?[] _byReasonAndSeconds =
        new JobHandle?[Enum.GetValues<RejectionReason>().Length * Seconds];

    public JobHandle Get(Rejection rejection)
    {
        var seconds = (int)rejection.RetryAfter.TotalSeconds;
        if (seconds >= Seconds)
            return Make(rejection);
        // Two threads may create the same handle at the same time. Either instance can be used.
        ref var handle = ref _byReasonAndSeconds[(((int)rejection.Reason - 1) * Seconds) + seconds];
        return handle ??= Make(rejection);
    }

    private static JobHandle Make(Rejection rejection) =>
        new(Task.FromResult(new JobOutcome(JobStatus.Rejected, Rejection: rejection)));
}
