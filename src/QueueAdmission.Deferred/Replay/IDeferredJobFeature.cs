namespace QueueAdmission.Deferred;

/// <summary>
/// The deferred job that a handler runs for. It is on <c>HttpContext.Features</c> only while a handler runs later.
/// </summary>
/// <remarks>
/// A job runs at least once, and more often if the process is lost before the end was stored. A handler uses
/// <see cref="JobId"/> to do its work once: it writes the id in the same transaction as the work.
/// </remarks>
public interface IDeferredJobFeature
{
    /// <summary>The identity of the job, which is the same in every attempt.</summary>
    Guid JobId { get; }

    /// <summary>The number of this attempt, from 1.</summary>
    int Attempt { get; }

    /// <summary>When the request was accepted.</summary>
    DateTimeOffset AcceptedAt { get; }
}
