using System.Globalization;

namespace QueueAdmission;

/// <summary>
/// Creates the reports about deferred jobs, if there are any. The package QueueAdmission.Deferred registers an
/// <see cref="IDeferredJobs"/>. This package also works without it.
/// </summary>
internal sealed class DeferredReporter(IDeferredJobs? jobs)
{
    /// <summary>
    /// Returns the report from counts in memory. Null if no job was ever deferred and the store has no fault.
    /// </summary>
    public DeferredReport? Describe()
    {
        if (jobs is null)
        {
            return null;
        }
        var queues = jobs.GetQueues().Where(queue => queue.Accepted > 0).Select(Describe).ToList();
        var outage = jobs.Outage is { } found ? Describe(found) : null;
        return queues.Count == 0 && outage is null ? null : new DeferredReport { Outage = outage, Queues = queues };
    }

    /// <param name="letter">A dead letter.</param>
    /// <param name="forOperator">Whether the user may steer.</param>
    public static DeadLetter Describe(StoredJob letter, bool forOperator) => new()
    {
        Id = forOperator ? letter.Id.ToString("N", CultureInfo.InvariantCulture) : null,
        Queue = letter.Queue,
        Route = letter.Route,
        Attempts = letter.Attempts,
        Reason = forOperator ? letter.Reason : WithoutMessage(letter.Reason),
        AcceptedAt = letter.AcceptedAt,
        DiedAt = letter.EndedAt,
    };

    /// <summary>
    /// Returns the part of a reason before the first colon: the type of an exception without its message. Other reasons
    /// have no colon.
    /// </summary>
    private static string? WithoutMessage(string? reason) =>
        reason?.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? reason[..colon] : reason;

    private static DeferredQueueReport Describe(DeferredQueue queue) => new()
    {
        Queue = queue.Queue,
        Accepted = queue.Accepted,
        Waiting = queue.Waiting,
        Running = queue.Running,
        Done = queue.Done,
        Dead = queue.Dead,
        Cancelled = queue.Cancelled,
        Discarded = queue.Discarded,
        // The rate of an idle queue decays slowly. Unrounded, it would change the state of the queue for a long time.
        RatePerSecond = queue.RatePerSecond is { } rate ? Math.Round(rate, 1) : null,
        OldestSince = queue.OldestWaiting,
    };

    private static DeferredOutageReport Describe(DeferredJobsOutage outage) => new()
    {
        Problem = outage.Problem switch
        {
            JobStoreProblem.AccessDenied => "access_denied",
            JobStoreProblem.Unusable => "unusable",
            JobStoreProblem.Full => "full",
            _ => "unreachable",
        },
        Message = outage.Message,
        Since = outage.Since,
    };
}
