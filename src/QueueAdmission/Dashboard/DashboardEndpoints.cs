using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace QueueAdmission;

/// <summary>The handlers of the dashboard's read-only endpoints.</summary>
internal sealed class DashboardEndpoints(IServiceProvider services)
{
    private const string NameKey = "queue";
    private const string FileKey = "file";

    private readonly Lazy<DashboardServices> _services = new(() => new DashboardServices(services));

    /// <summary>
    /// The policy for steering, which means changes by an operator. Null unless <c>AllowSteering</c> was called.
    /// </summary>
    public SteeringPolicy? Steering { get; set; }

    /// <summary>Whether the application's OpenAPI documents contain the dashboard.</summary>
    public bool IsInOpenApi { get; set; }

    /// <summary>Excludes an endpoint of the dashboard from OpenAPI documents, unless it is asked for.</summary>
    public void HideFromOpenApi(EndpointBuilder endpoint)
    {
        if (!IsInOpenApi)
        {
            endpoint.Metadata.Add(new ExcludeFromDescriptionAttribute());
        }
    }

    /// <summary>
    /// Answers with all queues: as a page for a browser, as a live stream for the script of the page, and as a JSON
    /// report for other clients.
    /// </summary>
    public async Task ShowAllAsync(HttpContext context)
    {
        var accept = context.Request.Headers.Accept;
        if (AcceptHeader.PrefersHtml(accept))
        {
            await PageFile.WritePageAsync(context, PathTo(context.Request));
        }
        else if (accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            await _services.Value.Stream.ServeAsync(context, await DescribeSteeringAsync(context));
        }
        else
        {
            var report = Reporter.DescribeAll(await DescribeSteeringAsync(context));
            await ReportWriter.WriteAsync(context, report, ReportJson.Default.QueuesReport);
        }
    }

    /// <summary>
    /// Answers with one queue. A browser is redirected to the queue's section of the page. Other clients get a JSON
    /// report.
    /// </summary>
    public Task ShowOneAsync(HttpContext context) => WithQueue(context, queue =>
    {
        if (!AcceptHeader.PrefersHtml(context.Request.Headers.Accept))
        {
            return ReportWriter.WriteAsync(context, Reporter.Describe(queue), ReportJson.Default.QueueStatus);
        }
        var all = PathTo(context.Request);
        var end = all.LastIndexOf('/');
        context.Response.Redirect($"{(end > 0 ? all[..end] : "/")}#{queue.Name}");
        return Task.CompletedTask;
    });

    /// <summary>Starts to record the history of the queues. Called when the application has started.</summary>
    public void KeepHistory() => _services.Value.History.Start();

    public Task ShowHistoryAsync(HttpContext context)
    {
        // An application without an IHostApplicationLifetime does not report its start.
        KeepHistory();
        var report = _services.Value.History.Serialize();
        SafeHeaders.SetForData(context.Response);
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(report, context.RequestAborted).AsTask();
    }

    public Task ListWaitingAsync(HttpContext context) => WithQueue(context, queue =>
        ReportWriter.WriteAsync(context, Reporter.ListWaiting(queue), ReportJson.Default.WaitingJobs));

    public Task ListRunningAsync(HttpContext context) => WithQueue(context, queue =>
    {
        _services.Value.Feed.RecordRunningJobs();
        return ReportWriter.WriteAsync(context, Reporter.ListRunning(queue), ReportJson.Default.RunningJobsReport);
    });

    public static Task ServeFileAsync(HttpContext context) =>
        PageFile.Find(context.Request.RouteValues[FileKey] as string ?? "") is { } file
            ? file.WriteAsync(context)
            : NotFound(context);

    /// <summary>
    /// Calls a function with the queue that the address names. Answers 404 if there is no such queue.
    /// </summary>
    public Task WithQueue(HttpContext context, Func<RequestQueue, Task> answer) =>
        context.Request.RouteValues[NameKey] is string name && _services.Value.Registry.Find(name) is { } queue
            ? answer(queue)
            : NotFound(context);

    public QueueReporter Reporter => _services.Value.Reporter;

    public QueueOverrides Overrides => _services.Value.Registry.Overrides;

    private async Task<SteeringReport> DescribeSteeringAsync(HttpContext context) => new()
    {
        Enabled = Steering is not null,
        Allowed = Steering is not null && await Steering.AllowsAsync(context),
    };

    /// <summary>Returns the path of the request, without a slash at its end.</summary>
    /// <remarks>
    /// A path prefix that a proxy forwards may begin with two slashes. A browser would read the text after them as the
    /// name of a host. The result therefore begins with only one slash.
    /// </remarks>
    private static string PathTo(HttpRequest request)
    {
        var path = (request.PathBase + request.Path).ToUriComponent().Trim('/');
        return path.Length == 0 ? "" : $"/{path}";
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    /// <summary>
    /// The services that the handlers need. They are created at their first use, because queues do not exist while
    /// endpoints are mapped.
    /// </summary>
    private sealed class DashboardServices
    {
        public DashboardServices(IServiceProvider services)
        {
            var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
            Registry = JobQueueRegistry.For(services);
            Reporter = new QueueReporter(
                Registry, services.GetService<ICluster>(), time, services.GetService<IDeferredJobs>());
            var stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default;
            var loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
            Feed = new LiveFeed(
                Registry, Reporter.DescribeLive, time, loggers.CreateGuardedLogger("QueueAdmission.Dashboard"));
            History = HistorySampler.For(Registry, time, stopping);
            Stream = new LiveStream(Feed, time, stopping);
        }

        public JobQueueRegistry Registry { get; }

        public QueueReporter Reporter { get; }

        public LiveFeed Feed { get; }

        public LiveStream Stream { get; }

        public HistorySampler History { get; }
    }
}
