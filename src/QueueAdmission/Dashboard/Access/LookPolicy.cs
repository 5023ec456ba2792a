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
/// Decides about looking. Endpoints whose metadata says who may look are left to the authorization middleware. All
/// others answer only in Development, and only direct local requests.
/// </summary>
internal sealed partial class LookPolicy
{
    private readonly bool _isDevelopment;
    private readonly ILogger _logger;
    private int _reported;

    public LookPolicy(IServiceProvider services)
    {
        _isDevelopment = services.GetService<IHostEnvironment>()?.IsDevelopment() ?? false;
        _logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateGuardedLogger("QueueAdmission.Dashboard");
    }

    /// <summary>
    /// Hides an endpoint whose metadata does not say who may look. Called once, when all metadata is there.
    /// </summary>
    /// <remarks>
    /// Outside Development routing never selects a hidden endpoint, so every method of its address gets what an address
    /// of nothing gets. An OpenAPI document does not name it either.
    /// </remarks>
    public void Guard(EndpointBuilder endpoint)
    {
        if (endpoint.Metadata.Any(SaysWhoMayLook) || endpoint.RequestDelegate is not { } answer)
            return;
        // In front of the endpoint, the policy for steering would answer 401 and so show that there is something to
        // steer.
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
        endpoint.RequestDelegate = context => MayLook(context) ? answer(context) : Hide(context);
    }

    private static bool SaysWhoMayLook(object metadata) => metadata is IAllowAnonymous or (IAuthorizeData and not SteeringAuthorization);

    private bool MayLook(HttpContext context) => _isDevelopment && DirectLocalRequest.Is(context);

    private static Task Hide(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private void Report(string? route)
    {
        if (Interlocked.Exchange(ref _reported, 1) == 0)
            LogHidden(_logger, route);
    }

    [LoggerMessage(EventId = 80, EventName = "DashboardHidden", Level = LogLevel.Warning,
        Message = "The dashboard that MapQueueDashboard maps at '{Route}' is hidden and answers 404 to all requests, because nothing says who may look. Add RequireAuthorization(…), or AllowAnonymous() to open it to every request that reaches it.")]
    private static partial void LogHidden(ILogger logger, string? route);
}
