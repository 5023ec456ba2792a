namespace QueueAdmission;

/// <summary>Code settings for <c>AddQueuedAdmission</c>.</summary>
/// <remarks>
/// <para>Configuration overrides code, because configuration can be changed live. For each setting of a queue, the last
/// of these sources that gives it wins:</para>
/// <list type="number">
/// <item><description>the built-in default,</description></item>
/// <item><description><see cref="Defaults"/>, then <see cref="AddQueue"/> in code,</description></item>
/// <item><description><c>QueuedAdmission:Defaults</c>, then <c>QueuedAdmission:Queues:{name}</c> in
/// configuration.</description></item>
/// </list>
/// <para>So <c>QueuedAdmission:Defaults:Workers</c> also replaces the <c>Workers</c> that code gave one queue. The
/// queue <c>default</c> always exists.</para>
/// </remarks>
public sealed class QueuedAdmissionOptions
{
    internal const string DefaultSection = "QueuedAdmission";

    private readonly Dictionary<string, Action<RequestQueueOptions>> _queues = new(QueueName.Comparer);
    private string _section = DefaultSection;

    /// <summary>
    /// The configuration section to read. Default <c>QueuedAdmission</c>; for example <c>MyService:Queues</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The value is null, empty or blank.</exception>
    public string Section
    {
        get => _section;
        set
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            _section = value;
        }
    }

    /// <summary>
    /// The queue for every endpoint that names none. Default null: endpoints without metadata are not queued.
    /// <c>QueuedAdmission:FallbackQueue</c> overrides it.
    /// </summary>
    public string? FallbackQueue { get; set; }

    /// <summary>
    /// The endpoints that <see cref="FallbackQueue"/> leaves alone, in addition to those that it recognises: health
    /// checks, metrics, static assets, hubs, endpoints that take only OPTIONS. Each text is a route pattern or a
    /// display name of endpoints, compared without case, where <c>*</c> stands for any characters: <c>/internal/*</c>.
    /// Default empty. <c>QueuedAdmission:FallbackExemptions</c> replaces it, if it has entries.
    /// </summary>
    /// <remarks>
    /// A request's path is never compared, because the client chooses it. The queue that an endpoint names itself is
    /// not affected. Allowed are 1 to 256 characters, but not <c>*</c> alone.
    /// </remarks>
    public IList<string> FallbackExemptions { get; } = [];

    /// <summary>
    /// Sets defaults for all queues. The settings of a queue replace them. Default null. Use <c>+=</c> to keep the
    /// defaults that other code has set.
    /// </summary>
    public Action<RequestQueueOptions>? Defaults { get; set; }

    /// <summary>
    /// Called for each rejected request after the status, <c>Retry-After</c> and <c>Cache-Control: no-store</c> are
    /// set, and before the body. Default null. A queue that has <see cref="RequestQueueOptions.OnRejected"/> calls that
    /// instead.
    /// </summary>
    /// <remarks>
    /// <para>The hook may change headers, and it may answer: no body is written if it has started the response, or
    /// changed its status, content type or content length. A status alone is an answer, too. To replace the body for
    /// some clients only, <see cref="RejectionWriters"/> is easier.</para>
    /// <para>If the hook throws, the request is still rejected, with the built-in answer where the response has not
    /// started. A response that has started is aborted. The exception is logged, at most once a minute for each
    /// queue.</para>
    /// </remarks>
    public Func<RejectionContext, ValueTask>? OnRejected { get; set; }

    /// <summary>
    /// The application's own answers to rejected requests, for all queues. Default empty. They come after
    /// <see cref="RequestQueueOptions.RejectionWriters"/> of the queue and before the built-in answers; the first one
    /// that can answer does.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentException">The value contains null.</exception>
    public IReadOnlyList<IRejectionWriter> RejectionWriters
    {
        get;
        set => field = RejectionHandling.Checked(value);
    } = [];

    /// <summary>
    /// The path of the application's own page for people whose request was rejected, for example <c>/busy</c>: an
    /// endpoint for GET without route parameters, such as a Razor page. Default null: the built-in page.
    /// </summary>
    /// <remarks>
    /// <para>The endpoint runs at once, without a worker and without the middlewares behind the queue, so it should
    /// neither wait nor query a database. Its own queue and authorization do not apply: every rejected client may see
    /// it. The status and <c>Retry-After</c> are set already, and <see cref="IQueueRejectionFeature"/> tells
    /// why.</para>
    /// <para>Clients that do not ask for HTML keep their answers. <see cref="RejectionWriters"/> come first. If the
    /// path has no endpoint or the endpoint throws, an error is logged, and the built-in page is written.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// The value does not begin with <c>/</c>, or has a query, a fragment or a route parameter.
    /// </exception>
    public string? RejectionPagePath
    {
        get;
        set => field = value is null || (value.StartsWith('/') && value.AsSpan().IndexOfAny("?#{") < 0)
            ? value
            : throw new ArgumentException(
                $"'{value}' is not the path of a page; allowed: a path that begins with '/', such as /busy.",
                nameof(value));
    }

    /// <summary>
    /// Style rules for the built-in page, which come last. Its variables are <c>--refusal-background</c>,
    /// <c>--refusal-card</c>, <c>--refusal-text</c>, <c>--refusal-accent</c> (heading and times) and
    /// <c>--refusal-font</c>. Default null: none.
    /// </summary>
    /// <remarks>
    /// <code>
    /// o.RejectionPageStyle = ":root { --refusal-accent: light-dark(#9c2a00, #ffb59b); }";
    /// </code>
    /// The page loads nothing, so a rule cannot name an image or a font file.
    /// </remarks>
    /// <exception cref="ArgumentException">The value contains <c>&lt;</c>, which could end the style.</exception>
    public string? RejectionPageStyle
    {
        get;
        set => field = value?.Contains('<', StringComparison.Ordinal) != true
            ? value
            : throw new ArgumentException("A style for the page may not contain '<'.", nameof(value));
    }

    /// <summary>Adds a queue, or settings to a queue that was added before.</summary>
    /// <param name="name">
    /// The queue's name: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>, compared without case.
    /// </param>
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
