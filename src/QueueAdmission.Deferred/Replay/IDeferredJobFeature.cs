namespace QueueAdmission.Deferred;

/// <summary>
/// The deferred job for which a handler runs. This feature is in <c>HttpContext.Features</c> only while a handler runs
/// later.
/// </summary>
/// <remarks>
/// A job runs at least once. It runs again if an attempt fails, or if the process ends before the end of the job is
/// stored. To do its work only once, a handler writes <see cref="JobId"/> in the same transaction as the work.
/// </remarks>
public interface IDeferredJobFeature
{
    /// <summary>The id of the job, which is the same in every attempt.</summary>
    Guid JobId { get; }

    /// <summary>The number of this attempt, starting at 1.</summary>
    int Attempt { get; }

    /// <summary>The time at which the request was accepted.</summary>
    DateTimeOffset AcceptedAt { get; }
}
