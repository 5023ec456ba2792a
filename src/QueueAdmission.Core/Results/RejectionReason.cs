namespace QueueAdmission;

/// <summary>Why a queue refused a job.</summary>
/// <remarks>On the wire, in metrics and in logs the reasons are written in snake_case, as <see cref="RejectionReasonExtensions.ToWireName"/> gives them.</remarks>
public enum RejectionReason
{
    /// <summary>Every worker was busy and every partition was full when the job arrived (<c>queue_full</c>).</summary>
    QueueFull = 1,

    /// <summary>The job waited as long as <see cref="JobQueueOptions.MaxWait"/> allows and got no worker (<c>wait_timeout</c>).</summary>
    WaitTimeout = 2,

    /// <summary>The queue takes no new jobs: it is draining, was removed, or was disposed (<c>draining</c>).</summary>
    Draining = 3,
}

/// <summary>The reasons' names outside of code.</summary>
public static class RejectionReasonExtensions
{
    /// <summary>The reason's snake_case name, as it stands in response bodies, lease metadata, metrics and logs.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>For example <c>queue_full</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="reason"/> is not a defined reason.</exception>
    public static string ToWireName(this RejectionReason reason) => reason switch
    {
        RejectionReason.QueueFull => "queue_full",
        RejectionReason.WaitTimeout => "wait_timeout",
        RejectionReason.Draining => "draining",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a defined rejection reason."),
    };
}
