using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace QueueAdmission;

/// <summary>
/// Decides which requests may see the dashboard. If its metadata requires authorization or allows anonymous access, the
/// authorization middleware decides. Otherwise the dashboard answers only in Development, and only direct local
/// requests.
/// </summary>
internal sealed partial class DashboardAccess
{
    private readonly bool _isDevelopment;
    private readonly ILogger _logger;
    private int _reported;

    public DashboardAccess(IServiceProvider services)
    {
        _isDevelopment = services.GetService<IHostEnvironment>()?.IsDevelopment() ?? false;
        var loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        _logger = loggers.CreateGuardedLogger("QueueAdmission.Dashboard");
    }

    /// <summary>
    /// Hides an endpoint whose metadata contains no authorization. It is called once, when the metadata is complete.
    /// </summary>
    /// <remarks>
    /// Outside Development, routing never selects a hidden endpoint. So every method of its address gets the same
    /// answer as an address that does not exist. An OpenAPI document does not contain the endpoint.
    /// </remarks>
    public void Guard(EndpointBuilder endpoint)
    {
        if (endpoint.Metadata.Any(IsAuthorization) || endpoint.RequestDelegate is not { } answer)
        {
            return;
        }
        // If the policy for steering stayed in the metadata, the authorization middleware would answer 401 and so
        // reveal a hidden address. The policy therefore runs inside the guard.
        foreach (var steering in endpoint.Metadata.OfType<SteeringAuthorization>().ToList())
        {
            endpoint.Metadata.Remove(steering);
            answer = steering.InFrontOf(answer);
        }
        if (!_isDevelopment)
        {
            endpoint.Metadata.Add(new SuppressMatchingMetadata());
            endpoint.Metadata.Add(new ExcludeFromDescriptionAttribute());
            Report((endpoint as RouteEndpointBuilder)?.RoutePattern.RawText ?? endpoint.DisplayName);
        }
        endpoint.RequestDelegate = context => MayView(context) ? answer(context) : Hide(context);
    }

    private static bool IsAuthorization(object metadata) =>
        metadata is IAllowAnonymous or (IAuthorizeData and not SteeringAuthorization);

    private bool MayView(HttpContext context) => _isDevelopment && DirectLocalRequest.Is(context);

    private static Task Hide(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private void Report(string? route)
    {
        if (Interlocked.Exchange(ref _reported, 1) == 0)
        {
            LogHidden(_logger, route);
        }
    }

    [LoggerMessage(EventId = 80, EventName = "DashboardHidden", Level = LogLevel.Warning,
        Message = "The dashboard that MapQueueDashboard maps at '{Route}' is hidden and answers 404 to all requests, "
            + "because nothing says who may look. Add RequireAuthorization(…), or AllowAnonymous() to open it to "
            + "every request that reaches it.")]
    private static partial void LogHidden(ILogger logger, string? route);
}
