namespace QueueAdmission;

/// <summary>The queues that <c>AddJobQueue</c> added to one container.</summary>
/// <param name="names">Their names.</param>
/// <param name="settings">The settings that packages have registered.</param>
internal sealed class AddedQueues(IEnumerable<AddedQueueName> names, IEnumerable<QueueSetting> settings) : IDisposable
{
    private readonly IReadOnlyCollection<QueueSetting> _settings = [.. settings];
    private readonly Lock _gate = new();
    private readonly List<JobQueue> _queues = [];
    private bool _callersAreRefused;

    /// <summary>The names, also of queues that are not needed yet. They are compared without case.</summary>
    public IReadOnlySet<string> Names { get; } = names.Select(added => added.Name).ToHashSet(QueueName.Comparer);

    /// <summary>The queues that were needed so far.</summary>
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
    /// Refuses callers, because the application stops: see <see cref="EngineControl.RefuseCallers"/>. Queues that are
    /// created later refuse them as well.
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
    /// Ends the handles of pushed jobs. The container has disposed the queues already: it disposes the newest first.
    /// </summary>
    public void Dispose()
    {
        foreach (var queue in Queues)
        {
            queue.GiveUpPushedJobs();
        }
    }
}
