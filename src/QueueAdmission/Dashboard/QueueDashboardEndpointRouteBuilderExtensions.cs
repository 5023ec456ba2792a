using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QueueAdmission;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the dashboard.</summary>
public static class QueueDashboardEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps a live dashboard of all queues of this process. The same data is available as JSON at <c>{pattern}</c>,
    /// <c>{pattern}/{queue}</c>, <c>{pattern}/{queue}/waiting</c> and <c>{pattern}/{queue}/running</c>.
    /// </summary>
    /// <remarks>
    /// <para><b>Looking.</b> <c>RequireAuthorization(…)</c> opens the dashboard to users that satisfy a policy, and
    /// <c>AllowAnonymous()</c> to every request that reaches it. Without either, it answers only in the Development
    /// environment, and only requests that come directly from this machine. All other requests get 404, at every
    /// address and with every method. Outside Development, routing never selects its endpoints.</para>
    /// <para><b>Steering.</b> It is off until <see cref="QueueDashboardEndpointConventionBuilder.AllowSteering"/>
    /// names a policy.</para>
    /// <para><b>OpenAPI.</b> A document of the application does not contain the dashboard, unless
    /// <see cref="QueueDashboardEndpointConventionBuilder.IncludeInOpenApi"/> says so.</para>
    /// <para>The requests of the dashboard are never queued. It costs nothing while no page is open.</para>
    /// <code>
    /// app.MapQueueDashboard("/queues").RequireAuthorization("on-call").AllowSteering("operators");
    /// </code>
    /// </remarks>
    /// <param name="endpoints">The application or a group.</param>
    /// <param name="pattern">The route pattern of the page. Default <c>/queues</c>.</param>
    /// <returns>A builder that takes the authorization for looking and for steering.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static QueueDashboardEndpointConventionBuilder MapQueueDashboard(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/queues")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var group = endpoints.MapGroup(pattern);
        var dashboard = new DashboardEndpoints(endpoints.ServiceProvider);
        var access = new DashboardAccess(endpoints.ServiceProvider);
        group.DisableQueue();
        group.AlsoFinally(dashboard.HideFromOpenApi);

        Map("", dashboard.ShowAllAsync, "All queues of this instance: their state, and their settings with origin.")
            .Returns(StatusCodes.Status200OK, typeof(QueuesReport))
            .Returns(StatusCodes.Status429TooManyRequests, typeof(DashboardProblem), "application/problem+json")
            .Returns(StatusCodes.Status503ServiceUnavailable, typeof(DashboardProblem), "application/problem+json");
        Map("/{queue}", dashboard.ShowOneAsync, "One queue of this instance.")
            .Returns(StatusCodes.Status200OK, typeof(QueueStatus)).Returns(StatusCodes.Status404NotFound);
        Map("/{queue}/waiting", dashboard.ListWaitingAsync, "The jobs that wait in a queue of this instance.")
            .Returns(StatusCodes.Status200OK, typeof(WaitingJobs)).Returns(StatusCodes.Status404NotFound);
        Map("/{queue}/running", dashboard.ListRunningAsync, "The jobs that hold a worker of a queue of this instance.")
            .Returns(StatusCodes.Status200OK, typeof(RunningJobsReport)).Returns(StatusCodes.Status404NotFound);
        group.MapGet("/~/{file}", DashboardEndpoints.ServeFileAsync).ExcludeFromDescription().AlsoFinally(access.Guard);
        foreach (var path in (string[])["", "/{queue}", "/{queue}/waiting", "/{queue}/running", "/~/{file}"])
        {
            group.MapOtherMethods(path, HttpMethods.Get).AlsoFinally(access.Guard);
        }
        return new QueueDashboardEndpointConventionBuilder(group, dashboard, access);

        IEndpointConventionBuilder Map(string path, RequestDelegate answer, string summary) =>
            group.MapDescribed(HttpMethods.Get, path, answer, summary).AlsoFinally(access.Guard);
    }
}
