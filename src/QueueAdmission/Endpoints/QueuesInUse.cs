namespace QueueAdmission;

/// <summary>
/// The queues that endpoints name at this moment. Endpoints and pipelines that no longer exist do not count.
/// </summary>
internal sealed class QueuesInUse
{
    private readonly List<WeakReference<EndpointQueues>> _pipelines = [];

    /// <summary>Adds the endpoints of a pipeline. They count as long as the pipeline exists.</summary>
    public void Add(EndpointQueues pipeline)
    {
        lock (_pipelines)
        {
            _pipelines.RemoveAll(weak => !weak.TryGetTarget(out _));
            _pipelines.Add(new WeakReference<EndpointQueues>(pipeline));
            // The queues may have changed since the pipeline was created.
            pipeline.ForgetRecent();
        }
    }

    /// <summary>Returns the names of the queues, each with the largest weight that an endpoint names for it.</summary>
    /// <remarks>Listing endpoints runs code of the application, so the caller must not hold a lock.</remarks>
    public IReadOnlyDictionary<string, int> Collect()
    {
        return Pipelines()
            .SelectMany(pipeline => pipeline.FindUses())
            .GroupBy(queued => queued.QueueName, queued => queued.Weight, QueueName.Comparer)
            .ToDictionary(weights => weights.Key, weights => weights.Max(), QueueName.Comparer);
    }

    /// <summary>
    /// Makes all pipelines forget their recent decisions, which belong to the former set of queues. Runs no code of the
    /// application.
    /// </summary>
    public void ForgetRecent()
    {
        lock (_pipelines)
        {
            foreach (var weak in _pipelines)
            {
                if (weak.TryGetTarget(out var pipeline))
                {
                    pipeline.ForgetRecent();
                }
            }
        }
    }

    /// <summary>Decides all endpoints again, after the queues have changed.</summary>
    public void DecideAgain()
    {
        foreach (var pipeline in Pipelines())
        {
            pipeline.DecideAgain();
        }
    }

    private List<EndpointQueues> Pipelines()
    {
        List<EndpointQueues> pipelines = [];
        lock (_pipelines)
        {
            foreach (var weak in _pipelines)
            {
                if (weak.TryGetTarget(out var pipeline))
                {
                    pipelines.Add(pipeline);
                }
            }
        }
        return pipelines;
    }
}
