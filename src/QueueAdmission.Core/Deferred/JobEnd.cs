namespace QueueAdmission;

/// <summary>The end of an attempt to run a job.</summary>
public sealed class JobEnd
{
    /// <summary>The id of the job.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name of its queue.</summary>
    public required string Queue { get; init; }

    /// <summary><see cref="ClaimedJob.Claim"/>.</summary>
    public required long Claim { get; init; }

    /// <summary>How the attempt ended.</summary>
    public required JobEndKind Kind { get; init; }

    /// <summary>The result, for <see cref="JobEndKind.Done"/>. The store does not interpret it.</summary>
    public byte[]? Result { get; init; }

    /// <summary>For <see cref="JobEndKind.Retry"/>, the time until the job is due again.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>
    /// For <see cref="JobEndKind.Retry"/> and <see cref="JobEndKind.Dead"/>, the reason for the failure, for display to
    /// operators.
    /// </summary>
    public string? Reason { get; init; }
}
