using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// One queue as the middleware uses it: the queue of the engine, and what belongs to it on the HTTP side.
/// </summary>
internal sealed class RequestQueue
{
    private volatile RequestSettings _settings;
    private volatile bool _listsRunning;

    /// <param name="queue">The queue of the engine.</param>
    /// <param name="logger">The log of the outcomes of requests.</param>
    /// <param name="live">Its layers of settings; only those that it was made with if null.</param>
    public RequestQueue(JobQueue queue, ILogger logger, LiveSettings? live = null)
    {
        Queue = queue;
        Engine = queue.Engine;
        Live = live ?? new LiveSettings(queue, SettingTable.BuiltIn, SettingLayers.None);
        TakeSettings();
        // The first listener, so a change is complete here before other code hears of it.
        queue.SettingsChanged += _ => TakeSettings();
        Rejections = new PreparedRejections(queue, logger);
        Logger = logger;
        Refusals = new RefusalLog(queue, logger);
        RunningJobs = new RunningJobs(queue.Time);
    }

    public JobQueue Queue { get; }

    /// <summary>The engine of the queue. A request takes its worker here.</summary>
    public AdmissionEngine Engine { get; }

    public string Name => Queue.Name;

    /// <summary>The settings in force. They are replaced as a whole, so one decision reads them once.</summary>
    public RequestSettings Settings => _settings;

    /// <summary>
    /// <see cref="RequestSettings.ReleaseOn"/>, for the code that every request runs; 0 if the endpoint decides.
    /// </summary>
    public ReleaseOn ReleaseOn { get; private set; }

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

    /// <summary>
    /// Whether requests that start from now on are recorded in <see cref="RunningJobs"/>. Requests that were recorded
    /// before stay until they end.
    /// </summary>
    public bool ListsRunning
    {
        get => _listsRunning;
        set => _listsRunning = value;
    }

    /// <summary>The last minutes, for the dashboard.</summary>
    public QueueHistory History { get; } = new();

    [MemberNotNull(nameof(_settings))]
    private void TakeSettings()
    {
        var settings = new RequestSettings(Queue, Queue.Settings);
        ReleaseOn = settings.ReleaseOn.GetValueOrDefault();
        _settings = settings;
    }
}
