using System.ComponentModel;

namespace QueueAdmission;

/// <summary>The jobs that wait in one queue, ordered from the longest wait to the shortest.</summary>
internal sealed record WaitingJobs
{
    [Description("The queue's name.")]
    public required string Queue { get; init; }

    [Description("The process that answers.")]
    public required InstanceReport Instance { get; init; }

    [Description("The number of waiting jobs. The list has at most 1,000 of them.")]
    public required int Total { get; init; }

    [Description("The jobs.")]
    public required IReadOnlyList<WaitingJob> Jobs { get; init; }
}

/// <summary>A job that waits.</summary>
internal sealed record WaitingJob
{
    [Description("The HTTP method; empty for a job that is no request.")]
    public required string Method { get; init; }

    [Description("The endpoint's route pattern; empty for a job that is no request.")]
    public required string Route { get; init; }

    [Description("How long the job has waited, in seconds.")]
    public required double AgeSeconds { get; init; }

    [Description("The partition in which the job waits, from 0.")]
    public required int Partition { get; init; }

    [Description("low, normal, high or critical.")]
    public required string Priority { get; init; }
}

/// <summary>The jobs that hold a worker of one queue, ordered from the longest run to the shortest.</summary>
internal sealed record RunningJobsReport
{
    [Description("The queue's name.")]
    public required string Queue { get; init; }

    [Description("The process that answers.")]
    public required InstanceReport Instance { get; init; }

    [Description("The number of running jobs.")]
    public required int Total { get; init; }

    [Description("The number of running jobs that were not recorded. They started while recording was off, " +
        "or are no requests of an endpoint. Each request for this list turns recording on for a minute.")]
    public required int Unlisted { get; init; }

    [Description("The jobs. The list has at most 1,000 of them.")]
    public required IReadOnlyList<RunningJobReport> Jobs { get; init; }
}

/// <summary>A job that holds a worker.</summary>
internal sealed record RunningJobReport
{
    [Description("The HTTP method.")]
    public required string Method { get; init; }

    [Description("The endpoint's route pattern.")]
    public required string Route { get; init; }

    [Description("How long the job has held its worker, in seconds.")]
    public required double AgeSeconds { get; init; }

    [Description("How long the job had waited for its worker, in seconds.")]
    public required double WaitedSeconds { get; init; }
}
