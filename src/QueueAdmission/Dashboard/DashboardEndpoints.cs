using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace QueueAdmission;

/// <summary>Answers the dashboard's requests that only look.</summary>
internal sealed class DashboardEndpoints(IServiceProvider services)
{
    private const string NameKey = "queue";
    private const string FileKey = "file";

    private readonly Lazy<DashboardServices> _services = new(() => new DashboardServices(services));

    /// <summary>The policy for steering; null while none is named.</summary>
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
    /// All queues: the page for a browser, the live stream for its script, a report for other clients.
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

    /// <summary>One queue: its place on the page for a browser, a report for other clients.</summary>
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

    /// <summary>Starts to keep the history of the queues. It is called when the application has started.</summary>
    public void KeepHistory() => _services.Value.History.Start();

    public Task ShowHistoryAsync(HttpContext context)
    {
        // The dashboard may be mapped in an application that tells of no start.
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

    /// <summary>Calls a function with the queue that the address names. If there is none, the answer is 404.</summary>
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

    /// <summary>The address of the request, without a slash at its end.</summary>
    /// <remarks>
    /// A prefix that a proxy forwards may begin with two slashes. A browser would read the following text as the name
    /// of a host, so only one slash is kept.
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
    /// What the answers need. It is made at the first request, because queues do not exist while endpoints are mapped.
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
