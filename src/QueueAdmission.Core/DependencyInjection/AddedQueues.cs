namespace QueueAdmission;

/// <summary>The queues that <c>AddJobQueue</c> has added to one container.</summary>
/// <param name="names">The names of the queues.</param>
/// <param name="settings">The settings that packages have registered.</param>
internal sealed class AddedQueues(IEnumerable<AddedQueueName> names, IEnumerable<QueueSetting> settings) : IDisposable
{
    private readonly IReadOnlyCollection<QueueSetting> _settings = [.. settings];
    private readonly Lock _gate = new();
    private readonly List<JobQueue> _queues = [];
    private bool _callersAreRefused;

    /// <summary>
    /// The names of all added queues, including those that have not been created yet. Comparison ignores case.
    /// </summary>
    public IReadOnlySet<string> Names { get; } = names.Select(added => added.Name).ToHashSet(QueueName.Comparer);

    /// <summary>The queues that have been created so far. A queue is created when it is first requested.</summary>
    public IReadOnlyList<JobQueue> Queues
    {
        get
        {
            lock (_gate)
            {
                return [.. _queues];
            }
        }
    }

    public void Add(JobQueue queue)
    {
        queue.BelongToApplication(_settings);
        bool stopped;
        lock (_gate)
        {
            _queues.Add(queue);
            stopped = _callersAreRefused;
        }
        if (stopped)
        {
            queue.RefuseCallers();
        }
    }

    /// <summary>
    /// Makes all queues refuse callers, because the application is stopping: see
    /// <see cref="EngineControl.RefuseCallers"/>. Queues that are created later also refuse callers.
    /// </summary>
    public void RefuseCallers()
    {
        lock (_gate)
        {
            _callersAreRefused = true;
        }
        foreach (var queue in Queues)
        {
            queue.RefuseCallers();
        }
    }

    /// <summary>
    /// Completes the handles of pushed jobs that still run. The queues are already disposed at this point, because a
    /// container disposes its newest services first.
    /// </summary>
    public void Dispose()
    {
        foreach (var queue in Queues)
        {
            queue.GiveUpPushedJobs();
        }
    }
}
