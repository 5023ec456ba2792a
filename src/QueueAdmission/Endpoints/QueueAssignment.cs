using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace QueueAdmission;

/// <summary>Which requests of an endpoint are queued.</summary>
internal enum AssignmentKind
{
    /// <summary>No requests. The endpoint has no queue, or is excluded from queues.</summary>
    None,

    /// <summary>All requests, with any method and any headers.</summary>
    Every,

    /// <summary>
    /// All requests. The endpoint negotiates connections to a SignalR hub that names the queue.
    /// </summary>
    HubNegotiation,

    /// <summary>
    /// Only requests that open a connection. The endpoint is a SignalR hub that names the queue.
    /// </summary>
    Hub,
}

/// <summary>The moment at which a request releases its worker.</summary>
internal enum ReleaseMoment
{
    /// <summary>When the handler has ended.</summary>
    End,

    /// <summary>When the response starts, with any status.</summary>
    ResponseStart,

    /// <summary>
    /// When the response starts, if it accepts an upgrade to a WebSocket. Otherwise when the handler has ended.
    /// </summary>
    Upgrade,
}

/// <summary>
/// The assignment of an endpoint to a queue, or to no queue. It is decided once for each set of queues, and is used for
/// all requests while that set is current.
/// </summary>
internal sealed class QueueAssignment
{
    // An assignment must not keep its endpoint alive.
    private readonly WeakReference<Endpoint> _assigned;
    private readonly AssignmentKind _kind;
    private readonly JobDescriptions? _descriptions;

    /// <summary>Creates the assignment of an endpoint whose requests are not queued.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="queues">The set of queues for which the assignment was decided.</param>
    public QueueAssignment(Endpoint endpoint, QueueSet queues)
    {
        _assigned = new(endpoint);
        Queues = queues;
    }

    /// <summary>Creates the assignment of an endpoint that names a queue but has none, because of a problem.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="queues">The set of queues for which the assignment was decided.</param>
    /// <param name="problem">The reason why the endpoint has no queue.</param>
    public QueueAssignment(Endpoint endpoint, QueueSet queues, EndpointProblem problem)
        : this(endpoint, queues)
    {
        _kind = AssignmentKind.Every;
        Problem = problem;
    }

    /// <summary>Creates the assignment of an endpoint to a queue.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="queues">The set of queues for which the assignment was decided.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="kind">Which requests are queued.</param>
    /// <param name="traits">The properties that all requests of the endpoint share.</param>
    /// <param name="handling">
    /// The hook and the writers with which the application answers rejections of all queues.
    /// </param>
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

    /// <summary>The set of queues for which the assignment was decided.</summary>
    public QueueSet Queues { get; }

    /// <summary>
    /// The queue. Null if requests are not queued, or if the endpoint has a <see cref="Problem"/>.
    /// </summary>
    public RequestQueue? Queue { get; }

    public EndpointProblem? Problem { get; }

    /// <summary>Whether requests of the endpoint are queued, or fail because of a <see cref="Problem"/>.</summary>
    public bool IsQueued => _kind != AssignmentKind.None;

    /// <summary>Whether the endpoint no longer exists.</summary>
    public bool IsGone => !_assigned.TryGetTarget(out _);

    public bool IsOf(Endpoint endpoint) =>
        _assigned.TryGetTarget(out var assigned) && ReferenceEquals(assigned, endpoint);

    /// <summary>The object that takes over requests of the endpoint; null for almost every endpoint.</summary>
    public IQueueTakeover? Takeover { get; }

    /// <summary>The endpoint as <see cref="Takeover"/> sees it. Null if there is no takeover.</summary>
    public QueuedEndpoint? Endpoint { get; }

    /// <summary>The properties that all requests of the endpoint share.</summary>
    public EndpointTraits Traits { get; } = EndpointTraits.Usual;

    /// <summary>Returns the description under which lists show the request.</summary>
    public JobDescription Describe(HttpContext context) => _descriptions!.For(context.Request.Method);

    /// <summary>Returns whether this request of the endpoint has to be queued.</summary>
    /// <remarks>
    /// The client chooses the method and the headers. If they look like a preflight or an upgrade, this says nothing
    /// about what the handler does. The method and headers therefore count only for hubs. All hub transports except
    /// WebSockets need a connection that was negotiated. The negotiation has passed the queue, so the long polls and
    /// the sends of that connection are not queued.
    /// </remarks>
    public bool AppliesTo(HttpContext context) =>
        _kind is AssignmentKind.Every or AssignmentKind.HubNegotiation
        || (_kind == AssignmentKind.Hub && (OpensWebSocket(context) || OpensEventStream(context.Request)));

    /// <summary>
    /// Whether a request needs only one worker, so that it may take a free worker before its traits (key, priority,
    /// deadline) are read.
    /// </summary>
    /// <remarks>
    /// The traits usually matter only while a request waits. A queue that always needs them, such as a queue with keys,
    /// offers no worker in this way. The value is false if there is a <see cref="Takeover"/>: requests then take the
    /// slow path, which asks the takeover.
    /// </remarks>
    public bool NeedsOneWorker { get; }

    /// <summary>
    /// Returns the state that the queue keeps for this request. If the queue treats all requests alike, the state is
    /// only the description.
    /// </summary>
    public object? JobStateOf(HttpContext context)
    {
        var settings = Queue!.Settings;
        var description = Describe(context);
        return Traits.AreUsual && settings.IsUniform
            ? description
            : settings.TraitsOf(context, Traits, description).JobState;
    }

    /// <summary>Returns the moment at which this request releases its worker.</summary>
    public ReleaseMoment ReleaseMomentOf(HttpContext context) => Queue!.ReleaseOn switch
    {
        ReleaseOn.ResponseStart => ReleaseMoment.ResponseStart,
        ReleaseOn.End => ReleaseMoment.End,
        _ when _kind is AssignmentKind.Hub or AssignmentKind.HubNegotiation => ReleaseMoment.ResponseStart,
        // A client can ask for an upgrade at any endpoint. The worker is released early only if the endpoint accepts
        // the upgrade.
        _ => OpensWebSocket(context) ? ReleaseMoment.Upgrade : ReleaseMoment.End,
    };

    private static bool OpensEventStream(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);

    private static bool OpensWebSocket(HttpContext context)
    {
        // Most queued requests run this code. The server already knows whether a request can be upgraded, so this is
        // read before the headers are searched.
        var features = context.Features;
        return features.Find<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            // A client may offer several protocols. The server selects WebSocket if it is among them.
            ? context.Request.Headers.GetCommaSeparatedValues(HeaderNames.Upgrade)
                .Contains("websocket", StringComparer.OrdinalIgnoreCase)
            : features.Find<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };
    }
}
