namespace QueueAdmission;

/// <summary>What code asked for, before configuration has its say.</summary>
internal sealed class CodeSettings
{
    private readonly RequestQueueOptions _defaults = new();
    private readonly OrderedDictionary<string, RequestQueueOptions> _queues = new(QueueName.Comparer);

    public CodeSettings(QueuedAdmissionOptions options)
    {
        Section = options.Section;
        FallbackQueue = options.FallbackQueue;
        FallbackExemptions = [.. options.FallbackExemptions];
        Rejections = new RejectionHandling(options.OnRejected, options.RejectionWriters);
        options.Defaults?.Invoke(_defaults);
        // It is there without anybody's asking, because it is what an endpoint means that names no queue.
        _queues[JobQueue.DefaultName] = CopyDefaults();
        foreach (var (name, configure) in options.Queues)
        {
            var settings = CopyDefaults();
            configure(settings);
            _queues[name] = settings;
        }
    }

    public string Section { get; }

    public string? FallbackQueue { get; }

    public IReadOnlyList<string> FallbackExemptions { get; }

    /// <summary>What the application does with rejections of all queues.</summary>
    public RejectionHandling Rejections { get; }

    /// <summary>The queues that exist whatever configuration says.</summary>
    public IEnumerable<string> QueueNames => _queues.Keys;

    /// <summary>What a queue starts from: the code's settings for it, or for every queue. A copy.</summary>
    public RequestQueueOptions For(string name) => _queues.TryGetValue(name, out var settings) ? (RequestQueueOptions)settings.Clone() : CopyDefaults();

    private RequestQueueOptions CopyDefaults() => (RequestQueueOptions)_defaults.Clone();
}
