namespace QueueAdmission;

/// <summary>A job that a node has claimed in order to run it.</summary>
public sealed class ClaimedJob
{
    /// <summary><see cref="AcceptedJob.Id"/>.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name of its queue.</summary>
    public required string Queue { get; init; }

    /// <summary><see cref="AcceptedJob.Route"/>.</summary>
    public required string Route { get; init; }

    /// <summary><see cref="AcceptedJob.Payload"/>.</summary>
    public required byte[] Payload { get; init; }

    /// <summary><see cref="AcceptedJob.AcceptedAt"/>.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary><see cref="AcceptedJob.Priority"/>.</summary>
    public JobPriority Priority { get; init; }

    /// <summary><see cref="AcceptedJob.Weight"/>.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The number of this attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>A number that distinguishes this claim from every other claim of the job.</summary>
    public required long Claim { get; init; }
}
