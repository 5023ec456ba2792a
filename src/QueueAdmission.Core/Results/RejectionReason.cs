namespace QueueAdmission;

/// <summary>Why a queue refused a job.</summary>
/// <remarks>
/// On the wire, in metrics and in logs the reasons are written in snake_case, as
/// <see cref="RejectionReasonExtensions.ToWireName"/> gives them.
/// </remarks>
public enum RejectionReason
{
    /// <summary>Every worker was busy and every partition was full when the job arrived (<c>queue_full</c>).</summary>
    QueueFull = 1,

    /// <summary>
    /// The job waited as long as <see cref="JobQueueOptions.MaxWait"/> and its own <see cref="JobTraits.Deadline"/>
    /// allow and got no worker (<c>wait_timeout</c>).
    /// </summary>
    WaitTimeout = 2,

    /// <summary>The queue takes no new jobs: it is draining, was removed, or was disposed (<c>draining</c>).</summary>
    Draining = 3,

    /// <summary>
    /// The job's key had no room left, while others had (<c>partition_full</c>). See
    /// <see cref="JobQueueOptions.MaxWaitingPerKey"/>.
    /// </summary>
    PartitionFull = 4,

    /// <summary>
    /// The job's key held so many workers that the job would have exceeded
    /// <see cref="JobQueueOptions.MaxWorkersPerKey"/>, and the job could not wait (<c>key_limit</c>): its partitions
    /// were full, or the whole queue was. A job that waits until <see cref="JobQueueOptions.MaxWait"/> is over is
    /// refused with <see cref="WaitTimeout"/>, also where only the limit held it back.
    /// </summary>
    KeyLimit = 5,

    /// <summary>
    /// The queue was standing for too long. The job was given up, so that newer jobs are served in time
    /// (<c>shed</c>).
    /// </summary>
    Shed = 6,

    /// <summary>
    /// By the queue's own estimate, the job could not have started before its <see cref="JobTraits.Deadline"/>, so it
    /// was refused at once (<c>deadline_too_close</c>).
    /// </summary>
    DeadlineTooClose = 7,

    /// <summary>
    /// The queue was full, and another job took the place of this waiting job (<c>displaced</c>). That is a job of a
    /// higher <see cref="JobPriority"/>, or a newer job if the newest goes first (<see cref="JobQueueOptions.Order"/>).
    /// </summary>
    Displaced = 8,

    /// <summary>
    /// By what the queue has learned of its clients, the client would probably have left before the job started, so the
    /// job was refused at once (<c>expected_wait_too_long</c>). See <see cref="JobQueueOptions.AdaptiveMaxWait"/>.
    /// </summary>
    ExpectedWaitTooLong = 9,

    /// <summary>
    /// The request was to be deferred, and as many deferred jobs of the queue wait or run as its setting
    /// <c>Deferred:MaxWaiting</c> allows (<c>deferred_full</c>). A queue itself never gives this reason.
    /// </summary>
    DeferredFull = 10,

    /// <summary>
    /// The request was to be deferred, and more requests came at once than can be accepted at a time
    /// (<c>accepting_full</c>). See the setting <c>Deferred:MaxAccepting</c>. A queue itself never gives this reason.
    /// </summary>
    AcceptingFull = 11,

    /// <summary>
    /// The request was to be deferred, and the store of deferred jobs cannot take it now
    /// (<c>deferred_unavailable</c>). Nothing was accepted. A queue itself never gives this reason.
    /// </summary>
    DeferredUnavailable = 12,
}

/// <summary>The reasons' names outside of code.</summary>
public static class RejectionReasonExtensions
{
    /// <summary>
    /// The reason's snake_case name, as it stands in response bodies, lease metadata, metrics and logs.
    /// </summary>
    /// <param name="reason">The reason.</param>
    /// <returns>For example <c>queue_full</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="reason"/> is not a defined reason.</exception>
    public static string ToWireName(this RejectionReason reason) => reason switch
    {
        RejectionReason.QueueFull => "queue_full",
        RejectionReason.WaitTimeout => "wait_timeout",
        RejectionReason.Draining => "draining",
        RejectionReason.PartitionFull => "partition_full",
        RejectionReason.KeyLimit => "key_limit",
        RejectionReason.Shed => "shed",
        RejectionReason.DeadlineTooClose => "deadline_too_close",
        RejectionReason.Displaced => "displaced",
        RejectionReason.ExpectedWaitTooLong => "expected_wait_too_long",
        RejectionReason.DeferredFull => "deferred_full",
        RejectionReason.AcceptingFull => "accepting_full",
        RejectionReason.DeferredUnavailable => "deferred_unavailable",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a defined rejection reason."),
    };
}
