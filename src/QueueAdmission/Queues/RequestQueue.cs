using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// One queue as the middleware uses it: the queue of the engine, and what belongs to it on the HTTP side.
/// </summary>
internal sealed class RequestQueue
{
    private volatile RequestSettings _settings;

    /// <param name="queue">The queue of the engine.</param>
    /// <param name="logger">The log of the outcomes of requests.</param>
    /// <param name="live">Its layers of settings; only those that it was made with if null.</param>
    public RequestQueue(JobQueue queue, ILogger logger, LiveSettings? live = null)
    {
        Queue = queue;
        Live = live ?? new LiveSettings(queue, SettingTable.BuiltIn, SettingLayers.None);
        _settings = new RequestSettings(queue, queue.Settings);
        Rejections = new PreparedRejections(queue, logger);
        Logger = logger;
        Refusals = new RefusalLog(queue, logger);
        RunningJobs = new RunningJobs(queue.Time);
    }

    public JobQueue Queue { get; }

    public string Name => Queue.Name;

    /// <summary>The settings in force. They are replaced as a whole, so read them once for one decision.</summary>
    public RequestSettings Settings
    {
        get
        {
            var engine = Queue.Settings;
            var settings = _settings;
            return settings.Engine == engine ? settings : Renew(engine);
        }
    }

    /// <summary>The layers behind the settings in force.</summary>
    public LiveSettings Live { get; }

    /// <summary>The answers to rejected requests.</summary>
    public PreparedRejections Rejections { get; }

    /// <summary>Where the outcome of requests is logged.</summary>
    public ILogger Logger { get; }

    /// <summary>The log of refusals, one burst at a time.</summary>
    public RefusalLog Refusals { get; }

    /// <summary>Which requests run, while a list of them is shown.</summary>
    public RunningJobs RunningJobs { get; }

    /// <summary>The last minutes, for the dashboard.</summary>
    public QueueHistory History { get; } = new();

    private RequestSettings Renew(JobQueueOptions engine) => _settings = new RequestSettings(Queue, engine);
}
