namespace QueueAdmission;

/// <summary>
/// The admission of a request to a queue. Each admitted request has this feature in <c>HttpContext.Features</c>.
/// </summary>
/// <remarks>
/// The feature belongs to one request only. An <c>HttpContext</c> does not, because the server uses the same object for
/// the next request. Code that may outlive its request gets the feature while the request runs, and calls
/// <see cref="ReleaseWorker"/> on the feature.
/// </remarks>
public interface IQueueFeature
{
    /// <summary>The queue that admitted the request.</summary>
    JobQueue Queue { get; }

    /// <summary>How long the request waited. Zero if it got a worker at once.</summary>
    TimeSpan Waited { get; }

    /// <summary>How many requests were waiting when this request arrived. Zero if it got a worker at once.</summary>
    int WaitersAhead { get; }

    /// <summary>Whether the request still holds its worker. False after the worker was given back.</summary>
    bool HoldsWorker { get; }

    /// <summary>
    /// Gives the worker back before the handler ends, for example when only a finished answer is left to stream. The
    /// request goes on, and the next request in the queue starts at once.
    /// </summary>
    /// <remarks>
    /// The method may be called from any thread and at any time, also after the request has ended. The worker is given
    /// back only once. The worker of another request is never affected.
    /// </remarks>
    /// <returns>True if this call gave the worker back; false if the worker was given back before.</returns>
    bool ReleaseWorker();

    /// <summary>
    /// Cancelled when this process loses its right to the worker to other processes that share the queue. Never
    /// cancelled for a queue that is not shared.
    /// </summary>
    /// <remarks>Read it once, at the beginning of the handler: it is the token of the lease of that moment.</remarks>
    CancellationToken LeaseLost => Queue.Lease?.Lost ?? CancellationToken.None;

    /// <summary>
    /// The number to write with the results of the request, so that a store can refuse a request that has lost its
    /// right. Null unless the processes share exactly one worker, and this one has it.
    /// </summary>
    /// <remarks>Read it once, at the beginning of the handler, before anything that the handler changes.</remarks>
    long? FencingToken => Queue.Lease?.FencingToken;

    /// <summary>
    /// Tells the queue that a dependency of the handler is overloaded. Call it, for example, when the dependency
    /// answers 429 or 503, or times out.
    /// </summary>
    /// <remarks>
    /// With <see cref="JobQueueOptions.AdaptiveWorkers"/> the queue goes on with fewer workers. Without it, the call
    /// has no effect.
    /// </remarks>
    void ReportOverload();

    /// <summary>
    /// Excludes the latency of this request from <see cref="JobQueueOptions.AdaptiveWorkers"/>. Call it for requests
    /// with an unusual latency, for example one that streams or finds its answer in a cache.
    /// </summary>
    /// <remarks>
    /// <para>The call concerns the queue of the endpoint. A lease of <c>EnterQueueAsync</c> has a method of its own.
    /// Metrics and estimates do not change.</para>
    /// <para>The latency of these requests never counts: event streams, failures, and requests that gave their worker
    /// back early. A failure is a status of 400 or above, a failed gRPC call, or an exception.</para>
    /// </remarks>
    void IgnoreLatency();
}
