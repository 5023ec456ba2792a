using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// The settings in force of one queue, as the middleware reads them: the settings of the engine, and the settings for
/// requests. Both come from one object, so they are always consistent.
/// </summary>
internal sealed class RequestSettings
{
    private readonly JobQueue _queue;

    /// <param name="queue">The queue.</param>
    /// <param name="engine">The settings of the queue in force.</param>
    public RequestSettings(JobQueue queue, JobQueueOptions engine)
    {
        _queue = queue;
        Engine = engine;
        RejectionStatusCode = engine.Get(RequestQueueSettings.RejectionStatusCode);
        ReleaseOn = engine.Get(RequestQueueSettings.ReleaseOn);
        PartitionBy = engine.Get(RequestQueueSettings.PartitionBy);
        PriorityFrom = engine.Get(RequestQueueSettings.PriorityFrom);
        DeadlineFrom = engine.Get(RequestQueueSettings.DeadlineFrom);
        OnRejected = engine.Get(RequestQueueSettings.OnRejected);
        RejectionWriters = engine.Get(RequestQueueSettings.RejectionWriters);
        HasRejectionWriters = RejectionWriters.Count > 0;
        IsUniform = PartitionBy == PartitionBy.RoundRobin
            && PriorityFrom == PriorityFrom.Endpoint
            && DeadlineFrom == DeadlineFrom.None;
    }

    public JobQueueOptions Engine { get; }

    public int RejectionStatusCode { get; }

    public ReleaseOn? ReleaseOn { get; }

    public PartitionBy PartitionBy { get; }

    public PriorityFrom PriorityFrom { get; }

    public DeadlineFrom DeadlineFrom { get; }

    public Func<RejectionContext, ValueTask>? OnRejected { get; }

    public IReadOnlyList<IRejectionWriter> RejectionWriters { get; }

    public bool HasRejectionWriters { get; }

    /// <summary>
    /// Whether key, priority and deadline never come from a request. The queue then treats all requests alike, if the
    /// endpoint has the default priority and weight (<see cref="EndpointTraits.AreUsual"/>).
    /// </summary>
    public bool IsUniform { get; }

    /// <summary>
    /// The largest number of workers that one request can hold. It follows from the settings, an operator's override
    /// and the limit for one key. After a live change, the weight of an endpoint may be above this number. Its requests
    /// then get this number of workers.
    /// </summary>
    public int MaxWeight => Math.Min(_queue.Engine.MaxWeight, Engine.MaxWorkersPerKey ?? int.MaxValue);

    /// <summary>Returns the key, priority, weight and deadline of a request in a queue with these settings.</summary>
    public JobTraits TraitsOf(HttpContext context, EndpointTraits endpoint, JobDescription? description)
    {
        var key = PartitionBy.KeyAndShareOf(context);
        return new()
        {
            Tag = description,
            Key = key.Key,
            KeyShare = key.Share,
            Priority = PriorityFrom.Of(context, endpoint),
            Weight = Math.Min(endpoint.Weight, MaxWeight),
            Deadline = DeadlineFrom.Of(context, endpoint),
        };
    }
}
