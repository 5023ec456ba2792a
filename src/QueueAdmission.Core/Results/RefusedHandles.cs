namespace QueueAdmission;

/// <summary>
/// The handles of refused pushed jobs. They are complete, and shared by equal refusals, so that refusing a million
/// pushes makes no garbage.
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
        // Two threads may make the same handle at once: both are right.
        ref var handle = ref _byReasonAndSeconds[(((int)rejection.Reason - 1) * Seconds) + seconds];
        return handle ??= Make(rejection);
    }

    private static JobHandle Make(Rejection rejection) =>
        new(Task.FromResult(new JobOutcome(JobStatus.Rejected, Rejection: rejection)));
}
