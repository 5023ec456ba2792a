using System.ComponentModel;

namespace QueueAdmission;

/// <summary>Deferred jobs that failed for good, the latest first.</summary>
internal sealed record DeadLetters
{
    [Description("The dead letters. Their maximum number is the query value max: 1 to 1,000, or 100 if absent.")]
    public required IReadOnlyList<DeadLetter> Letters { get; init; }
}

/// <summary>A deferred job that failed for good. Its request and its caller are never shown.</summary>
internal sealed record DeadLetter
{
    [Description("The job; null unless the user may steer. " +
        "For a job of an anonymous caller, the identity is enough to read the result.")]
    public required string? Id { get; init; }

    [Description("The queue that accepted the job.")]
    public required string Queue { get; init; }

    [Description("The method and the route pattern of the endpoint.")]
    public required string Route { get; init; }

    [Description("The counted attempts.")]
    public required int Attempts { get; init; }

    [Description("Why the last attempt failed. The message of an exception is left out unless the user may steer, " +
        "because it may contain what a client sent.")]
    public required string? Reason { get; init; }

    [Description("When the job was accepted, UTC.")]
    public required DateTimeOffset AcceptedAt { get; init; }

    [Description("When its last attempt failed, UTC; null if it is not known.")]
    public required DateTimeOffset? DiedAt { get; init; }
}
