namespace QueueAdmission;

/// <summary>
/// The admission of a request to the queue of its endpoint. Each admitted request has this feature in
/// <c>HttpContext.Features</c>.
/// </summary>
/// <remarks>
/// The feature belongs to only one request. An <c>HttpContext</c> does not, because the server uses the same object for
/// the next request. Code that may outlive its request should get the feature while the request runs, and call
/// <see cref="ReleaseWorker"/> on the feature.
/// </remarks>
public interface IQueueFeature
{
    /// <summary>The queue that admitted the request.</summary>
    JobQueue Queue { get; }

    /// <summary>How long the request waited for its worker. Zero if it got a worker at once.</summary>
    TimeSpan Waited { get; }

    /// <summary>How many requests were waiting when this request arrived. Zero if it got a worker at once.</summary>
    int WaitersAhead { get; }

    /// <summary>Whether the request still holds its worker. False after the worker has been released.</summary>
    bool HoldsWorker { get; }

    /// <summary>
    /// Releases the worker before the handler ends, for example when the handler only has to send a finished answer.
    /// The request goes on, and the next request in the queue starts at once.
    /// </summary>
    /// <remarks>
    /// The method may be called from any thread and at any time, even after the request has ended. The worker is
    /// released only once. The worker of another request is never affected.
    /// </remarks>
    /// <returns>True if this call released the worker; false if the worker had already been released.</returns>
    bool ReleaseWorker();

    /// <summary>
    /// A token that is cancelled when this process loses its right to the worker to other processes that share the
    /// queue. It is never cancelled if the queue is not shared.
    /// </summary>
    /// <remarks>
    /// Read the token only once, at the beginning of the handler. The property returns the token of the lease that the
    /// process has at that moment.
    /// </remarks>
    CancellationToken LeaseLost => Queue.Lease?.Lost ?? CancellationToken.None;

    /// <summary>
    /// A number to write together with the results of the request, so that a store can refuse the results of a request
    /// that has lost its right to the worker. Null unless the processes share exactly one worker and this process has
    /// it.
    /// </summary>
    /// <remarks>Read the number only once, at the beginning of the handler, before the handler changes data.</remarks>
    long? FencingToken => Queue.Lease?.FencingToken;

    /// <summary>
    /// Tells the queue that a dependency of the handler is overloaded. Call it, for example, when the dependency
    /// answers 429 or 503, or times out.
    /// </summary>
    /// <remarks>
    /// With <see cref="JobQueueOptions.AdaptiveWorkers"/>, the queue continues with fewer workers. Without this
    /// setting, the call has no effect.
    /// </remarks>
    void ReportOverload();

    /// <summary>
    /// Excludes the latency of this request from the search of <see cref="JobQueueOptions.AdaptiveWorkers"/>. Call the
    /// method for requests with an unusual latency, for example if a request streams its answer or finds it in a cache.
    /// </summary>
    /// <remarks>
    /// <para>The call concerns only the queue of the endpoint. For a lease of <c>EnterQueueAsync</c>, call
    /// <see cref="QueueLease.IgnoreLatency"/>. Metrics and estimates do not change.</para>
    /// <para>Some requests never count: event streams, failures, and requests that released their worker early. A
    /// failure is a status of 400 or above, a failed gRPC call, or an exception.</para>
    /// </remarks>
    void IgnoreLatency();
}
