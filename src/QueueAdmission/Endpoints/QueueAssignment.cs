using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace QueueAdmission;

/// <summary>Which requests of an endpoint are queued.</summary>
internal enum AssignmentKind
{
    /// <summary>No request. The endpoint names no queue, or is excluded from queues.</summary>
    None,

    /// <summary>All requests, with any method and any headers.</summary>
    Every,

    /// <summary>
    /// All requests. The endpoint negotiates connections to a SignalR hub that names the queue.
    /// </summary>
    HubNegotiation,

    /// <summary>
    /// The requests that open a connection. The endpoint is a SignalR hub that names the queue.
    /// </summary>
    Hub,
}

/// <summary>When a request gives its worker back.</summary>
internal enum ReleaseMoment
{
    /// <summary>When the handler has ended.</summary>
    End,

    /// <summary>When the response starts, with any status.</summary>
    ResponseStart,

    /// <summary>At the start of a response that accepts the upgrade; otherwise at the end of the handler.</summary>
    Upgrade,
}

/// <summary>
/// The assignment of an endpoint to a queue, or to none. It is decided once for a set of queues, and serves all
/// requests while that set is current.
/// </summary>
internal sealed class QueueAssignment
{
    // An assignment must not keep its endpoint alive.
    private readonly WeakReference<Endpoint> _assigned;
    private readonly AssignmentKind _kind;
    private readonly JobDescriptions? _descriptions;

    /// <summary>An endpoint whose requests are not queued.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="queues">The set of queues for which this was decided.</param>
    public QueueAssignment(Endpoint endpoint, QueueSet queues)
    {
        _assigned = new(endpoint);
        Queues = queues;
    }

    /// <summary>An endpoint that cannot be queued as it asks for.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="queues">The set of queues for which this was decided.</param>
    /// <param name="problem">The reason why there is no queue.</param>
    public QueueAssignment(Endpoint endpoint, QueueSet queues, EndpointProblem problem)
        : this(endpoint, queues)
    {
        _kind = AssignmentKind.Every;
        Problem = problem;
    }

    /// <summary>An endpoint with a queue.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="queues">The set of queues for which this was decided.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="kind">Which requests are queued.</param>
    /// <param name="traits">What all its requests share.</param>
    /// <param name="handling">What the application does with rejections of all queues.</param>
    public QueueAssignment(
        Endpoint endpoint,
        QueueSet queues,
        RequestQueue queue,
        AssignmentKind kind,
        EndpointTraits traits,
        RejectionHandling handling)
        : this(endpoint, queues)
    {
        Queue = queue;
        _kind = kind;
        _descriptions = new JobDescriptions(endpoint);
        Traits = traits;
        Takeover = endpoint.Metadata.GetMetadata<IQueueTakeover>();
        Endpoint = Takeover is null ? null : new QueuedEndpoint(queue, this, handling);
        NeedsOneWorker = traits.Weight == 1 && Takeover is null;
    }

    /// <summary>The set of queues for which this was decided.</summary>
    public QueueSet Queues { get; }

    /// <summary>
    /// The queue. Null if requests are not queued, or if the queue that the endpoint names does not exist.
    /// </summary>
    public RequestQueue? Queue { get; }

    public EndpointProblem? Problem { get; }

    /// <summary>Whether requests of the endpoint are queued, or rejected because the queue does not exist.</summary>
    public bool IsQueued => _kind != AssignmentKind.None;

    /// <summary>Whether the endpoint no longer exists.</summary>
    public bool IsGone => !_assigned.TryGetTarget(out _);

    public bool IsOf(Endpoint endpoint) =>
        _assigned.TryGetTarget(out var assigned) && ReferenceEquals(assigned, endpoint);

    /// <summary>The object that takes requests of the endpoint over; null for almost every endpoint.</summary>
    public IQueueTakeover? Takeover { get; }

    /// <summary>The endpoint as <see cref="Takeover"/> sees it; null without one.</summary>
    public QueuedEndpoint? Endpoint { get; }

    /// <summary>The properties that all requests of the endpoint share.</summary>
    public EndpointTraits Traits { get; } = EndpointTraits.Usual;

    /// <summary>The part of this request that lists may show.</summary>
    public JobDescription Describe(HttpContext context) => _descriptions!.For(context.Request.Method);

    /// <summary>Whether this request of the endpoint is to be queued.</summary>
    /// <remarks>
    /// The client chooses method and headers. A claimed preflight or upgrade says nothing about what the handler does.
    /// Only of a hub, some requests pass: all transports but WebSockets need a connection that was negotiated. So long
    /// polls and sends belong to a connection that has already passed the queue.
    /// </remarks>
    public bool AppliesTo(HttpContext context) =>
        _kind is AssignmentKind.Every or AssignmentKind.HubNegotiation
        || (_kind == AssignmentKind.Hub && (OpensWebSocket(context) || OpensEventStream(context.Request)));

    /// <summary>
    /// Whether a request needs only one worker, so that it may take a free worker before its traits are read. They
    /// matter only while a request waits. A queue that always needs them, such as one with keys, offers no worker in
    /// this way. Where there is a <see cref="Takeover"/>, requests take the slow path, which asks it.
    /// </summary>
    public bool NeedsOneWorker { get; }

    /// <summary>
    /// The state that the queue keeps for this request. It is only the description if the queue treats all requests
    /// alike.
    /// </summary>
    public object? JobStateOf(HttpContext context)
    {
        var settings = Queue!.Settings;
        var description = Describe(context);
        return Traits.AreUsual && settings.IsUniform
            ? description
            : settings.TraitsOf(context, Traits, description).JobState;
    }

    /// <summary>When this request gives its worker back.</summary>
    public ReleaseMoment ReleaseMomentOf(HttpContext context) => Queue!.ReleaseOn switch
    {
        ReleaseOn.ResponseStart => ReleaseMoment.ResponseStart,
        ReleaseOn.End => ReleaseMoment.End,
        _ when _kind is AssignmentKind.Hub or AssignmentKind.HubNegotiation => ReleaseMoment.ResponseStart,
        // A client can ask for an upgrade at any endpoint. The worker is released early only if the endpoint accepts
        // it.
        _ => OpensWebSocket(context) ? ReleaseMoment.Upgrade : ReleaseMoment.End,
    };

    private static bool OpensEventStream(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);

    private static bool OpensWebSocket(HttpContext context)
    {
        // Every queued request runs this code. The server already knows whether the request can be upgraded, so that is
        // read before the headers are searched.
        var features = context.Features;
        return features.Find<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            // A client may offer several protocols, and the server selects this one if it is among them.
            ? context.Request.Headers.GetCommaSeparatedValues(HeaderNames.Upgrade)
                .Contains("websocket", StringComparer.OrdinalIgnoreCase)
            : features.Find<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };
    }
}
