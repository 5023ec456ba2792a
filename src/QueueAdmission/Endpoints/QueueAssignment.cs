using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace QueueAdmission;

/// <summary>Which requests an endpoint sends to which queue.</summary>
internal enum AssignmentKind
{
    /// <summary>All of them, whatever their method and headers are.</summary>
    Every,

    /// <summary>All of them: the endpoint negotiates connections to a SignalR hub that names the queue.</summary>
    HubNegotiation,

    /// <summary>Those that open a connection: the endpoint is a SignalR hub that names the queue.</summary>
    Hub,
}

/// <summary>When a request gives its worker back.</summary>
internal enum ReleaseMoment
{
    End,

    /// <summary>When the response starts, whatever it is.</summary>
    ResponseStart,

    /// <summary>When the response starts and agrees to the upgrade; otherwise at the end.</summary>
    Upgrade,
}

/// <summary>What was decided about one endpoint, once.</summary>
internal sealed class QueueAssignment
{
    private readonly AssignmentKind _kind;
    private readonly JobDescriptions? _descriptions;

    public QueueAssignment(AdmissionQueue queue, AssignmentKind kind, Endpoint endpoint, EndpointTraits traits)
    {
        Queue = queue;
        _kind = kind;
        _descriptions = new JobDescriptions(endpoint);
        Traits = traits;
        NeedsOneWorker = traits.Weight == 1;
    }

    /// <param name="problem">Why there is no queue.</param>
    public QueueAssignment(EndpointProblem problem) => Problem = problem;

    /// <summary>The queue; null if the one that the endpoint names does not exist.</summary>
    public AdmissionQueue? Queue { get; }

    public EndpointProblem? Problem { get; }

    /// <summary>What every request of the endpoint brings along.</summary>
    public EndpointTraits Traits { get; } = EndpointTraits.Usual;

    /// <summary>What lists show of this request.</summary>
    public JobDescription Describe(HttpContext context) => _descriptions!.For(context.Request.Method);

    /// <summary>Whether this request of the endpoint is to be queued.</summary>
    public bool AppliesTo(HttpContext context) => _kind switch
    {
        // A client chooses method and headers: a preflight or an upgrade that it claims says nothing about what the handler does.
        AssignmentKind.Every or AssignmentKind.HubNegotiation => true,
        // Every other transport than a WebSocket needs a connection that was negotiated. So what remains here belongs to
        // a connection that has passed the queue: long polls and sends.
        _ => OpensWebSocket(context) || OpensEventStream(context.Request),
    };

    /// <summary>
    /// Whether one worker is enough for a request. Then it may take a free one without further words: what else it brings along matters while it waits, or to
    /// queues that have no worker to give without having been told.
    /// </summary>
    public bool NeedsOneWorker { get; }

    /// <summary>What this request brings along, as the queue wants it. Whom nobody tells from others brings no more than its description.</summary>
    public object? BroughtBy(HttpContext context)
    {
        var settings = Queue!.Settings;
        var description = Describe(context);
        return Traits.AreUsual && settings.IsUniform ? description : settings.TraitsOf(context, Traits, description).Brought;
    }

    /// <summary>When this request gives its worker back.</summary>
    public ReleaseMoment ReleaseMomentOf(HttpContext context) => Queue!.Settings.ReleaseOn switch
    {
        ReleaseOn.ResponseStart => ReleaseMoment.ResponseStart,
        ReleaseOn.End => ReleaseMoment.End,
        _ when _kind is AssignmentKind.Hub or AssignmentKind.HubNegotiation => ReleaseMoment.ResponseStart,
        // A client can ask for an upgrade anywhere; only an endpoint that agrees has anything to release early for.
        _ => OpensWebSocket(context) ? ReleaseMoment.Upgrade : ReleaseMoment.End,
    };

    private static bool OpensEventStream(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);

    private static bool OpensWebSocket(HttpContext context)
    {
        // The server's own word first. It knows already; the headers would have to be searched, and every queued request comes through here.
        var features = context.Features;
        return features.Find<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            // A client may offer several protocols; the server picks this one out of them, so it counts.
            ? context.Request.Headers.GetCommaSeparatedValues(HeaderNames.Upgrade).Contains("websocket", StringComparer.OrdinalIgnoreCase)
            : features.Find<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };
    }
}
