using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace QueueAdmission;

/// <summary>
/// Who may look. Endpoints that say who may are the authorization middleware's business. Endpoints that say nothing answer only while developing, and only
/// direct local requests; to all others they do not exist.
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

    /// <summary>Decides about an endpoint when all its metadata is there, once.</summary>
    public void Guard(EndpointBuilder endpoint)
    {
        if (endpoint.Metadata.Any(item => item is IAuthorizeData or IAllowAnonymous) || endpoint.RequestDelegate is not { } answer)
            return;
        Report((endpoint as Microsoft.AspNetCore.Routing.RouteEndpointBuilder)?.RoutePattern.RawText ?? endpoint.DisplayName);
        endpoint.RequestDelegate = context => MayLook(context) ? answer(context) : Hide(context);
    }

    private bool MayLook(HttpContext context) => _isDevelopment && DirectLocalRequest.Is(context);

    private static Task Hide(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private void Report(string? route)
    {
        if (!_isDevelopment && Interlocked.Exchange(ref _reported, 1) == 0)
            LogHidden(_logger, route);
    }

    [LoggerMessage(EventId = 80, EventName = "DashboardHidden", Level = LogLevel.Warning,
        Message = "MapQueuedAdmission at '{Route}' answers 404 to everybody, because it says nothing about who may look. Add RequireAuthorization(…), or AllowAnonymous() if everyone who can reach it may look.")]
    private static partial void LogHidden(ILogger logger, string? route);
}
