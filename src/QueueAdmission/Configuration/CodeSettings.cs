using System.Text;

namespace QueueAdmission;

/// <summary>The settings that code sets. Configuration overrides them.</summary>
internal sealed class CodeSettings
{
    private readonly SettingLayers _defaults;
    private readonly OrderedDictionary<string, SettingLayers> _queues = new(QueueName.Comparer);

    /// <param name="options">What code said.</param>
    /// <param name="table">The settings there are; the built-in ones if null.</param>
    public CodeSettings(QueuedAdmissionOptions options, SettingTable? table = null)
    {
        Table = table ?? SettingTable.BuiltIn;
        Section = options.Section;
        FallbackQueue = options.FallbackQueue;
        FallbackExemptions = [.. options.FallbackExemptions];
        // After the writers, which can answer some clients in another way.
        IReadOnlyList<IRejectionWriter> writers = options.RejectionPagePath is { } path
            ? [.. options.RejectionWriters, new ApplicationPage(path)]
            : options.RejectionWriters;
        Rejections = new RejectionHandling(options.OnRejected, writers)
        {
            PageStyle = Encoding.UTF8.GetBytes(options.RejectionPageStyle ?? ""),
        };
        _defaults = Record(SettingLayers.None, options.Defaults);
        // It always exists, because an endpoint that names no queue means it.
        _queues[JobQueue.DefaultName] = _defaults;
        foreach (var (name, configure) in options.Queues)
            _queues[name] = Record(_defaults, configure);
    }

    /// <summary>The settings that queues have.</summary>
    public SettingTable Table { get; }

    public string Section { get; }

    public string? FallbackQueue { get; }

    public IReadOnlyList<string> FallbackExemptions { get; }

    /// <summary>The hook and the writers of the application for rejections of all queues.</summary>
    public RejectionHandling Rejections { get; }

    /// <summary>The queues that exist whatever configuration says.</summary>
    public IEnumerable<string> QueueNames => _queues.Keys;

    /// <summary>The settings in code for a queue: those for all queues, and those for this one.</summary>
    public SettingLayers LayersOf(string name) => _queues.GetValueOrDefault(name, _defaults);

    private static SettingLayers Record(SettingLayers weaker, Action<RequestQueueOptions>? configure) =>
        configure is null
        ? weaker
        : weaker.With([SettingsLayer.Record(SettingSource.Code, weaker.Fold(), configure)]);
}
