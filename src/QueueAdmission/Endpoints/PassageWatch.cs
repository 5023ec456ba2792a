using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// Detects a request that should be queued but runs its endpoint without passing <c>UseQueuedAdmission</c>.
/// </summary>
/// <remarks>
/// <para>Routing writes a diagnostic event when it has selected an endpoint. While the watch is on, the event handler
/// replaces an endpoint that should be queued by a copy. The delegate of the copy logs an error. An entrance (a call of
/// <c>UseQueuedAdmission</c>) restores the original endpoint. Only a request that has passed no entrance therefore runs
/// the copy.</para>
/// <para>The watch is on until an entrance in the main pipeline sees a request with an endpoint. This shows that the
/// entrance is in the right place. From then on, the watch costs nothing. If <c>UseQueuedAdmission</c> is called only
/// in branches, the watch stays on, and costs each request some tens of nanoseconds.</para>
/// </remarks>
internal sealed partial class PassageWatch(EndpointDataSource source)
{
    private const string EndpointMatched = "Microsoft.AspNetCore.Routing.EndpointMatched";

    private readonly ConditionalWeakTable<Endpoint, RouteEndpoint> _copies = [];
    private readonly ReportedNames _reported = new();
    private readonly Lock _gate = new();
    private JobQueueRegistry? _registry;
    private ILogger? _logger;
    private IDisposable? _subscription;
    private volatile bool _isSettled;
    private volatile bool _isOn;

    /// <summary>Whether requests that reach an entrance have to be reported by <see cref="Pass"/>.</summary>
    public bool IsOn => _isOn;

    /// <summary>Whether the watch has ended. It never starts again.</summary>
    public bool IsSettled => _isSettled;

    public void Start(JobQueueRegistry registry, DiagnosticListener? routing, ILogger logger)
    {
        lock (_gate)
        {
            // Without the diagnostic listener of routing there are no events to watch.
            _isSettled |= routing is null;
            if (_isOn || _isSettled)
            {
                return;
            }
            _registry = registry;
            _logger = logger;
            _isOn = true;
            _subscription = Observer.Subscribe(routing!, this);
        }
    }

    /// <summary>Ends the watch, because an entrance is known to be in the right place.</summary>
    private void Settle()
    {
        lock (_gate)
        {
            _isSettled = true;
            _isOn = false;
            _subscription?.Dispose();
            _subscription = null;
        }
    }

    /// <summary>
    /// Handles a request that has reached an entrance. Restores its original endpoint, and ends the watch if the
    /// entrance is in the main pipeline.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="endpoint">The endpoint of the request.</param>
    /// <param name="isInBranch">
    /// Whether only some requests reach the entrance. A request in a branch proves nothing about other requests.
    /// </param>
    /// <returns>The original endpoint. It is now the endpoint of the context.</returns>
    public Endpoint Pass(HttpContext context, Endpoint endpoint, bool isInBranch)
    {
        if (!isInBranch)
        {
            Settle();
        }
        if (endpoint.RequestDelegate?.Target is not WatchedHandler handler)
        {
            return endpoint;
        }
        context.SetEndpoint(handler.Original);
        return handler.Original;
    }

    private void OnEndpointMatched(HttpContext context)
    {
        if (!_isOn || context.GetEndpoint() is not RouteEndpoint { RequestDelegate: not null } endpoint)
        {
            return;
        }
        if (!ShouldBeQueued(endpoint))
        {
            return;
        }
        // Several containers may share the diagnostic listener, for example the containers of tenants.
        if (context.RequestServices?.GetService<EndpointDataSource>() != source || IsAnErrorPage(context))
        {
            return;
        }
        context.SetEndpoint(_copies.GetValue(endpoint, Copy));
    }

    private bool ShouldBeQueued(Endpoint endpoint) => endpoint.Metadata.GetMetadata<QueuedAttribute>() is null
        ? endpoint.Metadata.GetMetadata<DisableQueueAttribute>() is null
            && _registry!.Queues.Current.TakesUnnamed(endpoint)
        : QueueMetadata.FindQueueOf(endpoint) is not null;

    /// <summary>
    /// Returns whether the request is re-executed to show an error page. Routing then runs a second time, and possibly
    /// behind the entrance that the request has already passed.
    /// </summary>
    private static bool IsAnErrorPage(HttpContext context) =>
        context.Features.Find<IExceptionHandlerFeature>() is not null
        || context.Features.Find<IStatusCodeReExecuteFeature>() is not null;

    private RouteEndpoint Copy(Endpoint endpoint)
    {
        var original = (RouteEndpoint)endpoint;
        var handler = new WatchedHandler(this, original);
        return new RouteEndpoint(
            handler.RunAsync, original.RoutePattern, original.Order, original.Metadata, original.DisplayName);
    }

    private void Report(Endpoint endpoint)
    {
        var name = EndpointChecks.NameOf(endpoint);
        if (_isOn && _reported.Add(name))
        {
            LogNotPassed(_logger!, name);
        }
    }

    [LoggerMessage(EventId = 32, EventName = "NotPassed", Level = LogLevel.Error,
        Message = "A request ran the endpoint '{Endpoint}' and did not pass UseQueuedAdmission, so nothing " +
            "limits it. UseQueuedAdmission is called before UseRouting, after UseEndpoints, or in a branch that the " +
            "request does not take. Call app.UseQueuedAdmission() between the UseRouting and the UseEndpoints of the " +
            "pipeline or branch that serves the endpoint. " +
            "If the endpoint is meant to run without a queue, call DisableQueue() on it.")]
    private static partial void LogNotPassed(ILogger logger, string endpoint);

    private sealed class WatchedHandler(PassageWatch watch, RouteEndpoint original)
    {
        public RouteEndpoint Original => original;

        public Task RunAsync(HttpContext context)
        {
            context.SetEndpoint(original);
            watch.Report(original);
            return original.RequestDelegate!(context);
        }
    }

    /// <summary>
    /// Receives the diagnostic events of routing. The reference to the watch is weak, because the listener may outlive
    /// the application.
    /// </summary>
    private sealed class Observer : IObserver<KeyValuePair<string, object?>>
    {
        private readonly WeakReference<PassageWatch> _watch;
        private volatile IDisposable? _subscription;

        private Observer(PassageWatch watch) => _watch = new WeakReference<PassageWatch>(watch);

        public static IDisposable Subscribe(DiagnosticListener listener, PassageWatch watch)
        {
            var observer = new Observer(watch);
            return observer._subscription = listener.Subscribe(observer, static name => name == EndpointMatched);
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (!_watch.TryGetTarget(out var watch))
            {
                _subscription?.Dispose();
            }
            else if (value is { Key: EndpointMatched, Value: HttpContext context })
            {
                watch.OnEndpointMatched(context);
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
