namespace QueueAdmission;

/// <summary>The options that code sets with <c>AddQueuedAdmission</c>.</summary>
/// <remarks>
/// <para>Configuration overrides code, because configuration can be changed while the application runs. For each
/// setting of a queue, the last of these sources that sets it wins:</para>
/// <list type="number">
/// <item><description>the built-in default,</description></item>
/// <item><description><see cref="Defaults"/>, then <see cref="AddQueue"/> in code,</description></item>
/// <item><description><c>QueuedAdmission:Defaults</c>, then <c>QueuedAdmission:Queues:{name}</c> in
/// configuration.</description></item>
/// </list>
/// <para>For example, <c>QueuedAdmission:Defaults:Workers</c> also replaces the <c>Workers</c> that code set for one
/// queue. The queue <c>default</c> always exists.</para>
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
    /// The name of the queue for every endpoint that names no queue. Default null: such endpoints are not queued.
    /// <c>QueuedAdmission:FallbackQueue</c> overrides this property.
    /// </summary>
    public string? FallbackQueue { get; set; }

    /// <summary>
    /// The endpoints that <see cref="FallbackQueue"/> does not take, in addition to the built-in exemptions. Each text
    /// is a route pattern or a display name of endpoints, for example <c>/internal/*</c>. Case is ignored. <c>*</c>
    /// stands for any characters, <c>?</c> for one character, and <c>\*</c> for a <c>*</c>. Default empty. If
    /// <c>QueuedAdmission:FallbackExemptions</c> has entries, they replace this list.
    /// </summary>
    /// <remarks>
    /// <para>The built-in exemptions are health checks, metrics, static assets, hubs, endpoints with
    /// <c>ShortCircuit()</c>, and endpoints that accept only OPTIONS.</para>
    /// <para>The path of a request is never compared, because the client chooses it. An endpoint that names a queue is
    /// not affected. A text has 1 to 256 characters, and must not be <c>*</c> or <c>/*</c> alone.</para>
    /// </remarks>
    public IList<string> FallbackExemptions { get; } = [];

    /// <summary>
    /// A callback that sets defaults for all queues. The settings of a single queue override these defaults. Default
    /// null. Use <c>+=</c> to keep the defaults that other code has set.
    /// </summary>
    public Action<RequestQueueOptions>? Defaults { get; set; }

    /// <summary>
    /// A hook that is called for each rejected request before the body is written. The status, <c>Retry-After</c> and
    /// <c>Cache-Control: no-store</c> are already set. Default null. If a queue has
    /// <see cref="RequestQueueOptions.OnRejected"/>, that hook is called instead.
    /// </summary>
    /// <remarks>
    /// <para>The hook is not called if the response had started before the request was rejected.</para>
    /// <para>The hook may change headers, and it may answer the request. The hook has answered if it has started the
    /// response, or has changed the status, the content type or the content length. No body is written then, even if
    /// only the status has changed. To replace the body only for some clients, <see cref="RejectionWriters"/> is
    /// easier.</para>
    /// <para>If the hook throws, the request is still rejected. It gets the built-in answer if the response has not
    /// started. A response that has started is aborted. The exception is logged, at most once a minute for each
    /// queue.</para>
    /// </remarks>
    public Func<RejectionContext, ValueTask>? OnRejected { get; set; }

    /// <summary>
    /// The writers with which the application answers rejected requests of all queues. Default empty. They are asked
    /// after <see cref="RequestQueueOptions.RejectionWriters"/> of the queue and before the built-in answers. The first
    /// writer that can answer a request answers it.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentException">The value contains null.</exception>
    public IReadOnlyList<IRejectionWriter> RejectionWriters
    {
        get;
        set => field = RejectionHandling.Checked(value);
    } = [];

    /// <summary>
    /// The path of a page of the application that browsers show for a rejected request, for example <c>/busy</c>. The
    /// path belongs to an endpoint for GET without route parameters, such as a Razor page. Default null: the built-in
    /// page.
    /// </summary>
    /// <remarks>
    /// <para>The endpoint runs at once, without a worker and without the middlewares behind the queue. It should
    /// neither wait nor query a database. The queue and the authorization of the endpoint do not apply, so every
    /// rejected client may see the page. The status and <c>Retry-After</c> are already set.
    /// <see cref="IQueueRejectionFeature"/> contains the reason.</para>
    /// <para>Clients that do not ask for HTML still get their built-in answers. <see cref="RejectionWriters"/> are
    /// asked before the page. If the path has no endpoint or the endpoint throws, an error is logged, and the built-in
    /// page is written.</para>
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
    /// CSS rules that are added after the rules of the built-in page. The variables of the page are
    /// <c>--refusal-background</c>, <c>--refusal-card</c>, <c>--refusal-text</c>, <c>--refusal-accent</c> (heading and
    /// times) and <c>--refusal-font</c>. Default null: no rules are added.
    /// </summary>
    /// <remarks>
    /// <code>
    /// o.RejectionPageStyle = ":root { --refusal-accent: light-dark(#9c2a00, #ffb59b); }";
    /// </code>
    /// The page must not load other resources, so a rule cannot use an image or a font file.
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// The value contains <c>&lt;</c>, which could end the style element.
    /// </exception>
    public string? RejectionPageStyle
    {
        get;
        set => field = value?.Contains('<', StringComparison.Ordinal) != true
            ? value
            : throw new ArgumentException("A style for the page may not contain '<'.", nameof(value));
    }

    /// <summary>Adds a queue, or adds settings to a queue that was added before.</summary>
    /// <param name="name">
    /// The queue's name: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>, compared without case.
    /// </param>
    /// <param name="configure">Sets the settings that differ from the defaults. Default null: no settings.</param>
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
