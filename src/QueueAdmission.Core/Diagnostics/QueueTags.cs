using System.Diagnostics;

namespace QueueAdmission;

/// <summary>
/// The attributes of metrics and spans. Each attribute has a fixed set of values. The only exceptions are the names of
/// queues and the numbers of partitions, whose count depends on the configuration.
/// </summary>
internal static class QueueTags
{
    public const string Queue = "queue_admission.queue";

    /// <summary>The number of the partition, from 0.</summary>
    public const string Partition = "queue_admission.partition";

    /// <summary>
    /// The outcome. For jobs: <c>ran</c>, <c>rejected</c> or <c>abandoned</c>. For jobs in a dry run: <c>waited</c> or
    /// <c>rejected</c>. For waits: <c>admitted</c>, <c>rejected</c> or <c>abandoned</c>.
    /// </summary>
    public const string Outcome = "queue_admission.outcome";

    /// <summary>
    /// The reason for a refusal: the wire name of a <see cref="RejectionReason"/>. Present only with the outcome
    /// <c>rejected</c>.
    /// </summary>
    public const string Reason = "queue_admission.reason";

    /// <summary>
    /// The state of a queue: <c>running</c>, <c>paused</c> or <c>draining</c>. A disposed queue is not reported.
    /// </summary>
    public const string State = "queue_admission.state";

    /// <summary>The result of a reload: <c>applied</c> or <c>rejected</c>.</summary>
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
        _ => throw new UnreachableException("A job that still waits is not reported."),
    };

    public static string ValueOf(JobQueueState state) => state switch
    {
        JobQueueState.Running => "running",
        JobQueueState.Paused => "paused",
        JobQueueState.Draining => "draining",
        _ => "disposed",
    };
}
