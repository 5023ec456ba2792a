namespace QueueAdmission;

/// <summary>On <c>HttpContext.Features</c> of a queued request: what the queue did with it. To give the worker back early, call <c>HttpContext.ReleaseWorker()</c>.</summary>
public interface IQueueFeature
{
    /// <summary>The queue.</summary>
    JobQueue Queue { get; }

    /// <summary>How long the request waited; zero if it got a worker at once.</summary>
    TimeSpan Waited { get; }

    /// <summary>How many requests waited before this one when it came; zero if it got a worker at once.</summary>
    int WaitersAhead { get; }

    /// <summary>Whether the request still holds its worker.</summary>
    bool HoldsWorker { get; }

    /// <summary>
    /// Tells the queue that what the handler calls is overloaded, as a 429, a 503 or a timeout of it says. With <see cref="JobQueueOptions.AdaptiveWorkers"/> the queue goes on with fewer
    /// workers; otherwise nothing happens.
    /// </summary>
    void ReportOverload();

    /// <summary>
    /// Tells the queue that how long this request takes says nothing about others: it streams, say, or found its answer in a cache. It does not count for
    /// <see cref="JobQueueOptions.AdaptiveWorkers"/>. Event streams, failures, and requests that gave their worker back early never do.
    /// </summary>
    void IgnoreLatency();
}
