namespace QueueAdmission;

/// <summary>Code settings for <c>AddQueuedAdmission</c>. What the application's configuration says about a setting overrides what code says, because configuration is what is tuned live.</summary>
public sealed class QueuedAdmissionOptions
{
    private readonly Dictionary<string, Action<RequestQueueOptions>> _queues = new(QueueName.Comparer);

    /// <summary>The configuration section to read. Default <c>QueuedAdmission</c>; for example <c>MyService:Queues</c>.</summary>
    public string Section { get; set; } = "QueuedAdmission";

    /// <summary>The queue for every endpoint that names none. Default null: endpoints without metadata are not queued.</summary>
    public string? FallbackQueue { get; set; }

    /// <summary>Sets what every queue starts from, before its own settings.</summary>
    public Action<RequestQueueOptions>? Defaults { get; set; }

    /// <summary>
    /// Called for every rejected request after the status, <c>Retry-After</c> and <c>Cache-Control: no-store</c> are set, and before the body. Default null.
    /// The hook may change headers, and it may give its own answer: if it has started the response, or changed the status code, the content type or the content
    /// length, the built-in body is not written. (A status alone is an answer, too.) If it throws, the exception goes up the pipeline; the queue loses no worker.
    /// </summary>
    public Func<RejectionContext, ValueTask>? OnRejected { get; set; }

    /// <summary>Adds a queue, or settings to a queue that was added before.</summary>
    /// <param name="name">The queue's name: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>, compared without case.</param>
    /// <param name="configure">Sets what should differ from the defaults.</param>
    /// <returns>This object.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a valid name.</exception>
    public QueuedAdmissionOptions AddQueue(string name, Action<RequestQueueOptions>? configure = null)
    {
        QueueName.ThrowIfInvalid(name);
        _queues[name] = _queues.GetValueOrDefault(name) + (configure ?? (static _ => { }));
        return this;
    }

    internal IReadOnlyDictionary<string, Action<RequestQueueOptions>> Queues => _queues;
}
