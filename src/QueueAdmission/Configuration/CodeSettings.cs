using System.Text;

namespace QueueAdmission;

/// <summary>The settings that code sets. Configuration overrides them.</summary>
internal sealed class CodeSettings
{
    private readonly SettingLayers _defaults;
    private readonly OrderedDictionary<string, SettingLayers> _queues = new(QueueName.Comparer);

    /// <param name="options">The options that code has set.</param>
    /// <param name="table">All settings that a queue can have; null for the built-in settings.</param>
    public CodeSettings(QueuedAdmissionOptions options, SettingTable? table = null)
    {
        Table = table ?? SettingTable.BuiltIn;
        Section = options.Section;
        FallbackQueue = options.FallbackQueue;
        FallbackExemptions = [.. options.FallbackExemptions];
        // The page comes after the writers, so that a writer can answer some clients differently.
        IReadOnlyList<IRejectionWriter> writers = options.RejectionPagePath is { } path
            ? [.. options.RejectionWriters, new ApplicationPage(path)]
            : options.RejectionWriters;
        Rejections = new RejectionHandling(options.OnRejected, writers)
        {
            PageStyle = Encoding.UTF8.GetBytes(options.RejectionPageStyle ?? ""),
        };
        _defaults = Record(SettingLayers.None, options.Defaults);
        // The queue always exists, because [Queued] and WithQueue() without a name mean it.
        _queues[JobQueue.DefaultName] = _defaults;
        foreach (var (name, configure) in options.Queues)
            _queues[name] = Record(_defaults, configure);
    }

    /// <summary>All settings that a queue can have.</summary>
    public SettingTable Table { get; }

    public string Section { get; }

    public string? FallbackQueue { get; }

    public IReadOnlyList<string> FallbackExemptions { get; }

    /// <summary>The hook and the writers with which the application answers rejections of all queues.</summary>
    public RejectionHandling Rejections { get; }

    /// <summary>
    /// The names of <c>default</c> and of the queues that code adds. These queues exist even if configuration does not
    /// name them.
    /// </summary>
    public IEnumerable<string> QueueNames => _queues.Keys;

    /// <summary>
    /// Returns the layers of a queue in code: the settings for all queues, and the settings for this queue over them.
    /// </summary>
    public SettingLayers LayersOf(string name) => _queues.GetValueOrDefault(name, _defaults);

    private static SettingLayers Record(SettingLayers weaker, Action<RequestQueueOptions>? configure) =>
        configure is null
        ? weaker
        : weaker.With([SettingsLayer.Record(SettingSource.Code, weaker.Fold(), configure)]);
}
