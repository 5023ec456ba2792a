namespace QueueAdmission;

/// <summary>What a queue did with a request. It stands on <c>HttpContext.Features</c> of each admitted request.</summary>
/// <remarks>
/// The feature belongs to one request for good. An <c>HttpContext</c> does not: the server gives the same object to the next
/// request. Code that may outlive its request takes the feature first, and calls <see cref="ReleaseWorker"/> on that.
/// </remarks>
public interface IQueueFeature
{
    /// <summary>The queue.</summary>
    JobQueue Queue { get; }

    /// <summary>How long the request waited; zero if it got a worker at once.</summary>
    TimeSpan Waited { get; }

    /// <summary>How many requests waited before this one when it came; zero if it got a worker at once.</summary>
    int WaitersAhead { get; }

    /// <summary>Whether the request still holds its worker. It is false once the worker was given back, early or at the end.</summary>
    bool HoldsWorker { get; }

    /// <summary>
    /// Gives the worker back before the handler ends, for example when all that is left is to stream a finished answer. The
    /// request goes on, and the next one in the queue starts at once.
    /// </summary>
    /// <remarks>
    /// Safe to call from any thread and at any time, also after the request has ended: a worker is given back once, and never
    /// that of another request.
    /// </remarks>
    /// <returns>Whether this call gave the worker back: false if that was done before.</returns>
    bool ReleaseWorker();

    /// <summary>
    /// Tells the queue that a dependency of the handler is overloaded, as its 429, 503 or timeout says. With
    /// <see cref="JobQueueOptions.AdaptiveWorkers"/> the queue goes on with fewer workers. Otherwise nothing happens.
    /// </summary>
    void ReportOverload();

    /// <summary>
    /// Excludes this request from <see cref="JobQueueOptions.AdaptiveWorkers"/>, because its latency says nothing about
    /// other requests: for example it streams, or found its answer in a cache.
    /// </summary>
    /// <remarks>
    /// Event streams, failures (a status of 400 or above, a failed gRPC call, an exception) and requests that gave
    /// their worker back early never count. It concerns the endpoint's queue; a lease of <c>EnterQueueAsync</c> has a
    /// method of its own. It changes nothing else, such as metrics or estimates.
    /// </remarks>
    void IgnoreLatency();
}
