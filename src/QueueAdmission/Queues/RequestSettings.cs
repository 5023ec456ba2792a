using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// The settings in force of one queue, as the middleware reads them: those of the engine, and those for requests. Both
/// come from one object, so they always match.
/// </summary>
internal sealed class RequestSettings
{
    private readonly JobQueue _queue;

    /// <param name="queue">The queue.</param>
    /// <param name="engine">Its settings in force.</param>
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
    /// Whether the queue treats all requests of usual endpoints alike. Then no property of a request is looked up.
    /// </summary>
    public bool IsUniform { get; }

    /// <summary>
    /// The maximum of workers for one job. The settings, an operator's override and the limit for one key bound it. An
    /// endpoint may ask for more after a live change; its requests then get this number.
    /// </summary>
    public int MaxWeight => Math.Min(_queue.Engine.MaxWeight, Engine.MaxWorkersPerKey ?? int.MaxValue);

    /// <summary>The key, priority, weight and deadline of a request in a queue with these settings.</summary>
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
