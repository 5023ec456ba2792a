using System.Diagnostics;

namespace QueueAdmission;

/// <summary>
/// The attributes of metrics and spans. All sets of values are closed, except for the names of queues and the numbers
/// of partitions, which configuration bounds.
/// </summary>
internal static class QueueTags
{
    public const string Queue = "queue_admission.queue";

    /// <summary>From 0.</summary>
    public const string Partition = "queue_admission.partition";

    /// <summary>
    /// The outcome. For jobs: <c>ran</c>, <c>rejected</c>, <c>abandoned</c>. For jobs in a dry run: <c>waited</c>,
    /// <c>rejected</c>. For waits: <c>admitted</c>, <c>rejected</c>, <c>abandoned</c>.
    /// </summary>
    public const string Outcome = "queue_admission.outcome";

    /// <summary>
    /// The reason of a refusal, only with the outcome <c>rejected</c>: the wire name of a
    /// <see cref="RejectionReason"/>.
    /// </summary>
    public const string Reason = "queue_admission.reason";

    /// <summary><c>running</c>, <c>paused</c>, <c>draining</c>. A disposed queue has no series.</summary>
    public const string State = "queue_admission.state";

    /// <summary>Of a reload: <c>applied</c>, <c>rejected</c>.</summary>
    public const string Result = "queue_admission.result";

    public const string Ran = "ran";
    public const string Waited = "waited";
    public const string Rejected = "rejected";
    public const string Abandoned = "abandoned";
    public const string Applied = "applied";

    public static string OutcomeOf(AdmissionStatus status) => status switch
    {
        AdmissionStatus.Admitted => "admitted",
        AdmissionStatus.Rejected => Rejected,
        AdmissionStatus.Abandoned => Abandoned,
        _ => throw new UnreachableException("A wait that goes on is not reported."),
    };

    public static string ValueOf(JobQueueState state) => state switch
    {
        JobQueueState.Running => "running",
        JobQueueState.Paused => "paused",
        JobQueueState.Draining => "draining",
        _ => "disposed",
    };
}
