namespace QueueAdmission;

/// <summary>Which queues endpoints name at this moment. Endpoints and pipelines that are gone name none.</summary>
internal sealed class QueuesInUse
{
    private readonly List<WeakReference<EndpointQueues>> _pipelines = [];

    /// <summary>From now on the endpoints of this pipeline count, as long as the pipeline exists.</summary>
    public void Add(EndpointQueues pipeline)
    {
        lock (_pipelines)
        {
            _pipelines.RemoveAll(weak => !weak.TryGetTarget(out _));
            _pipelines.Add(new WeakReference<EndpointQueues>(pipeline));
        }
    }

    /// <summary>The names, each with the most workers that one request needs. Lists endpoints, which runs code of the application: call it without a lock.</summary>
    public IReadOnlyDictionary<string, int> Collect()
    {
        return Pipelines()
            .SelectMany(pipeline => pipeline.FindUses())
            .GroupBy(queued => queued.QueueName, queued => queued.Weight, QueueName.Comparer)
            .ToDictionary(weights => weights.Key, weights => weights.Max(), QueueName.Comparer);
    }

    /// <summary>The queues have changed, so that what was decided about endpoints is over.</summary>
    public void DecideAnew()
    {
        foreach (var pipeline in Pipelines())
            pipeline.DecideAnew();
    }

    private List<EndpointQueues> Pipelines()
    {
        List<EndpointQueues> pipelines = [];
        lock (_pipelines)
        {
            foreach (var weak in _pipelines)
            {
                if (weak.TryGetTarget(out var pipeline))
                    pipelines.Add(pipeline);
            }
        }
        return pipelines;
    }
}
