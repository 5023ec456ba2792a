using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// One queue as the middleware uses it: the <see cref="JobQueue"/>, and the settings, answers and logs for requests.
/// </summary>
internal sealed class RequestQueue
{
    private volatile RequestSettings _settings;
    private volatile bool _listsRunning;

    /// <param name="queue">The queue.</param>
    /// <param name="logger">The log for the outcomes of requests.</param>
    /// <param name="live">
    /// The layers of the queue's settings. Null if the queue has only the settings with which it was created.
    /// </param>
    public RequestQueue(JobQueue queue, ILogger logger, LiveSettings? live = null)
    {
        Queue = queue;
        Engine = queue.Engine;
        Live = live ?? new LiveSettings(queue, SettingTable.BuiltIn, SettingLayers.None);
        TakeSettings();
        // This is the first listener, so the change is complete here before other listeners run.
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

    /// <summary>
    /// The settings in force. The object is replaced as a whole, so code should read this property only once for each
    /// decision.
    /// </summary>
    public RequestSettings Settings => _settings;

    /// <summary>
    /// <see cref="RequestSettings.ReleaseOn"/>, copied for the code that every request runs. 0 if the kind of request
    /// decides.
    /// </summary>
    public ReleaseOn ReleaseOn { get; private set; }

    /// <summary>The layers of the settings in force.</summary>
    public LiveSettings Live { get; }

    /// <summary>The answers to rejected requests.</summary>
    public PreparedRejections Rejections { get; }

    /// <summary>The log for the outcomes of requests.</summary>
    public ILogger Logger { get; }

    /// <summary>The log of refusals, which summarises each burst of refusals.</summary>
    public RefusalLog Refusals { get; }

    /// <summary>The running requests, recorded while <see cref="ListsRunning"/> is true.</summary>
    public RunningJobs RunningJobs { get; }

    /// <summary>
    /// Whether requests that start from now on are recorded in <see cref="RunningJobs"/>. Requests that are already
    /// recorded stay in the list until they end.
    /// </summary>
    public bool ListsRunning
    {
        get => _listsRunning;
        set => _listsRunning = value;
    }

    /// <summary>The history of the last minutes, for the dashboard.</summary>
    public QueueHistory History { get; } = new();

    [MemberNotNull(nameof(_settings))]
    private void TakeSettings()
    {
        var settings = new RequestSettings(Queue, Queue.Settings);
        ReleaseOn = settings.ReleaseOn.GetValueOrDefault();
        _settings = settings;
    }
}
