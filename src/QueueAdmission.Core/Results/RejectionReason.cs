namespace QueueAdmission;

/// <summary>The reason why a queue refused a job.</summary>
/// <remarks>
/// In responses, metrics and logs, the reasons have the snake_case names that
/// <see cref="RejectionReasonExtensions.ToWireName"/> returns.
/// </remarks>
public enum RejectionReason
{
    /// <summary>
    /// When the job arrived, no worker was available, and the queue had no free place or the job could not wait
    /// (<c>queue_full</c>). A job cannot wait if it enters with <see cref="JobQueue.TryEnter()"/>.
    /// </summary>
    QueueFull = 1,

    /// <summary>
    /// The job got no worker before <see cref="JobQueueOptions.MaxWait"/> or its <see cref="JobTraits.Deadline"/> had
    /// passed (<c>wait_timeout</c>).
    /// </summary>
    WaitTimeout = 2,

    /// <summary>
    /// The queue accepts no new jobs (<c>draining</c>): it is draining, has been removed or disposed, or the
    /// application is stopping.
    /// </summary>
    Draining = 3,

    /// <summary>
    /// The job's key had no free place left, although the queue still had places for other keys
    /// (<c>partition_full</c>). See <see cref="JobQueueOptions.MaxWaitingPerKey"/>.
    /// </summary>
    PartitionFull = 4,

    /// <summary>
    /// The job would have exceeded <see cref="JobQueueOptions.MaxWorkersPerKey"/>, and there was no place in which it
    /// could wait (<c>key_limit</c>). A job that waits for longer than <see cref="JobQueueOptions.MaxWait"/> is refused
    /// with <see cref="WaitTimeout"/>, even if only this limit prevented its start.
    /// </summary>
    KeyLimit = 5,

    /// <summary>
    /// The queue is overloaded, and the job has waited too long (<c>shed</c>). It was refused so that newer jobs can be
    /// served in time. See <see cref="JobQueueOptions.OverloadControl"/>.
    /// </summary>
    Shed = 6,

    /// <summary>
    /// The queue estimated that the job could not start before its <see cref="JobTraits.Deadline"/>, and refused it at
    /// arrival (<c>deadline_too_close</c>).
    /// </summary>
    DeadlineTooClose = 7,

    /// <summary>
    /// The queue was full, and a newcomer took the place of this waiting job (<c>displaced</c>). The newcomer has a
    /// higher <see cref="JobPriority"/>, or the queue serves the newest job first
    /// (<see cref="JobQueueOptions.Order"/>).
    /// </summary>
    Displaced = 8,

    /// <summary>
    /// The client would probably have left before the job started, so the job was refused at arrival
    /// (<c>expected_wait_too_long</c>). The queue learns how long clients wait: see
    /// <see cref="JobQueueOptions.AdaptiveMaxWait"/>.
    /// </summary>
    ExpectedWaitTooLong = 9,

    /// <summary>
    /// The request was to be deferred, but the number of waiting and running deferred jobs of the queue has reached its
    /// setting <c>Deferred:MaxWaiting</c> (<c>deferred_full</c>). Used only for deferred requests, never by a queue.
    /// </summary>
    DeferredFull = 10,

    /// <summary>
    /// The request was to be deferred, but too many requests are being accepted at the same time
    /// (<c>accepting_full</c>): more than the setting <c>Deferred:MaxAccepting</c> allows, or more than the memory for
    /// their bodies holds. Used only for deferred requests, never by a queue.
    /// </summary>
    AcceptingFull = 11,

    /// <summary>
    /// The request was to be deferred, but the store of deferred jobs cannot accept it now
    /// (<c>deferred_unavailable</c>). Used only for deferred requests, never by a queue.
    /// </summary>
    DeferredUnavailable = 12,
}

/// <summary>Provides the names of rejection reasons outside of code.</summary>
public static class RejectionReasonExtensions
{
    /// <summary>
    /// Returns the snake_case name of a reason, as used in response bodies, lease metadata, metrics and logs.
    /// </summary>
    /// <param name="reason">The reason.</param>
    /// <returns>The name, for example <c>queue_full</c>.</returns>
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
