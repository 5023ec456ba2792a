using System.ComponentModel;

namespace QueueAdmission;

/// <summary>The jobs that wait in one queue, those who have waited longest first.</summary>
internal sealed record WaitingJobs
{
    [Description("The queue's name.")]
    public required string Queue { get; init; }

    [Description("The process that answers.")]
    public required InstanceReport Instance { get; init; }

    [Description("How many wait in all; the list ends at 1,000.")]
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

    [Description("How long it has waited, in seconds.")]
    public required double AgeSeconds { get; init; }

    [Description("The partition it waits in, from 0.")]
    public required int Partition { get; init; }

    [Description("low, normal, high or critical.")]
    public required string Priority { get; init; }
}

/// <summary>The jobs that hold a worker of one queue, those who have held it longest first.</summary>
internal sealed record RunningJobsReport
{
    [Description("The queue's name.")]
    public required string Queue { get; init; }

    [Description("The process that answers.")]
    public required InstanceReport Instance { get; init; }

    [Description("How many run in all.")]
    public required int Total { get; init; }

    [Description("How many of them are not listed, because they started before anybody looked or are no requests of an endpoint. Asking records those who start within the next minute.")]
    public required int Unlisted { get; init; }

    [Description("The jobs; the list ends at 1,000.")]
    public required IReadOnlyList<RunningJobReport> Jobs { get; init; }
}

/// <summary>A job that holds a worker.</summary>
internal sealed record RunningJobReport
{
    [Description("The HTTP method.")]
    public required string Method { get; init; }

    [Description("The endpoint's route pattern.")]
    public required string Route { get; init; }

    [Description("How long it has held its worker, in seconds.")]
    public required double AgeSeconds { get; init; }

    [Description("How long it had waited for it, in seconds.")]
    public required double WaitedSeconds { get; init; }
}
