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
    /// Takes this request out of what <see cref="JobQueueOptions.AdaptiveWorkers"/> looks at, because the time it takes
    /// says nothing about other requests: it streams, say, or found its answer in a cache.
    /// </summary>
    /// <remarks>
    /// Event streams, failures (a status of 400 or above, a failed gRPC call, an exception) and requests that gave
    /// their worker back early never count. It concerns the endpoint's queue; a lease of <c>EnterQueueAsync</c> has a
    /// method of its own. It changes nothing else, such as metrics or estimates.
    /// </remarks>
    void IgnoreLatency();
}
