using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QueueAdmission;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the dashboard.</summary>
public static class QueueDashboardEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps a live dashboard of all queues of this process. The same data is available as JSON at <c>{pattern}</c>,
    /// <c>{pattern}/{queue}</c>, <c>{pattern}/{queue}/waiting</c> and <c>{pattern}/{queue}/running</c>. The history of
    /// the last five minutes is at <c>{pattern}/~/history</c>, and the dead letters of deferred jobs are at
    /// <c>{pattern}/~/dead</c>.
    /// </summary>
    /// <remarks>
    /// <para><b>Looking.</b> <c>RequireAuthorization(…)</c> opens the dashboard to users that satisfy a policy, and
    /// <c>AllowAnonymous()</c> to every request that reaches it. Without either, it answers only in the Development
    /// environment, and only requests that come directly from this machine. All other requests get 404, at every
    /// address and with every method. Outside Development, routing never selects its endpoints.</para>
    /// <para><b>Steering.</b> It is off until <see cref="QueueDashboardEndpointConventionBuilder.AllowSteering"/>
    /// names a policy.</para>
    /// <para><b>OpenAPI.</b> A document of the application does not contain the dashboard, unless
    /// <see cref="QueueDashboardEndpointConventionBuilder.IncludeInOpenApi"/> is called.</para>
    /// <para>The requests of the dashboard are never queued. Once a second, it reads the counts of each queue for the
    /// history of the last five minutes, even if no page is open.</para>
    /// <code>
    /// app.MapQueueDashboard("/queues").RequireAuthorization("on-call").AllowSteering("operators");
    /// </code>
    /// </remarks>
    /// <param name="endpoints">The application or a group.</param>
    /// <param name="pattern">The route pattern of the page. Default <c>/queues</c>.</param>
    /// <returns>A builder to which rules for looking and for steering can be added.</returns>
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
            .ReturnsProblem(StatusCodes.Status429TooManyRequests)
            .ReturnsProblem(StatusCodes.Status503ServiceUnavailable);
        Map("/{queue}", dashboard.ShowOneAsync, "One queue of this instance.")
            .Returns(StatusCodes.Status200OK, typeof(QueueStatus)).Returns(StatusCodes.Status404NotFound);
        Map("/{queue}/waiting", dashboard.ListWaitingAsync, "The jobs that wait in a queue of this instance.")
            .Returns(StatusCodes.Status200OK, typeof(WaitingJobs)).Returns(StatusCodes.Status404NotFound);
        Map("/{queue}/running", dashboard.ListRunningAsync, "The jobs that hold a worker of a queue of this instance.")
            .Returns(StatusCodes.Status200OK, typeof(RunningJobsReport)).Returns(StatusCodes.Status404NotFound);
        Map("/~/history", dashboard.ShowHistoryAsync, "The last five minutes of all queues, second by second.")
            .Returns(StatusCodes.Status200OK, typeof(HistoryReport));
        group.MapGet("/~/{file}", DashboardEndpoints.ServeFileAsync).ExcludeFromDescription().AlsoFinally(access.Guard);
        List<string> paths = ["", "/{queue}", "/{queue}/waiting", "/{queue}/running", "/~/history", "/~/{file}"];
        if (DeadLetterEndpoints.AreNeeded(endpoints.ServiceProvider))
        {
            var letters = new DeadLetterEndpoints(endpoints.ServiceProvider, dashboard);
            Map(
                DeadLetterEndpoints.ListAddress,
                letters.ListAsync,
                "The dead letters of deferred jobs, the latest first.")
                .Returns(StatusCodes.Status200OK, typeof(DeadLetters))
                .ReturnsProblem(StatusCodes.Status400BadRequest)
                .ReturnsProblem(StatusCodes.Status503ServiceUnavailable);
            paths.Add(DeadLetterEndpoints.ListAddress);
        }
        foreach (var path in paths)
        {
            group.MapOtherMethods(path, HttpMethods.Get).AlsoFinally(access.Guard);
        }
        KeepHistoryFromTheStart(endpoints.ServiceProvider, new(dashboard));
        return new QueueDashboardEndpointConventionBuilder(group, dashboard, access);

        IEndpointConventionBuilder Map(string path, RequestDelegate answer, string summary) =>
            group.MapDescribed(HttpMethods.Get, path, answer, summary).AlsoFinally(access.Guard);
    }

    /// <remarks>
    /// A host can outlive the application, for example if the application belongs to a tenant. The callback therefore
    /// holds the dashboard by a weak reference.
    /// </remarks>
    private static void KeepHistoryFromTheStart(
        IServiceProvider services, WeakReference<DashboardEndpoints> dashboard) =>
        services.GetService<IHostApplicationLifetime>()?.ApplicationStarted.UnsafeRegister(static state =>
        {
            if (((WeakReference<DashboardEndpoints>)state!).TryGetTarget(out var living))
            {
                living.KeepHistory();
            }
        }, dashboard);
}
