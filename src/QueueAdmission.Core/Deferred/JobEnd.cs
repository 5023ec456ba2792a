namespace QueueAdmission;

/// <summary>The end of an attempt.</summary>
public sealed class JobEnd
{
    /// <summary>The job.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name of its queue.</summary>
    public required string Queue { get; init; }

    /// <summary><see cref="ClaimedJob.Claim"/>.</summary>
    public required long Claim { get; init; }

    /// <summary>How the attempt ended.</summary>
    public required JobEndKind Kind { get; init; }

    /// <summary>The result, for <see cref="JobEndKind.Done"/>. Only its author reads it.</summary>
    public byte[]? Result { get; init; }

    /// <summary>For <see cref="JobEndKind.Retry"/>, how long the job waits before it is due again.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>
    /// Why the attempt failed, for operators: for <see cref="JobEndKind.Retry"/> and <see cref="JobEndKind.Dead"/>.
    /// </summary>
    public string? Reason { get; init; }
}
