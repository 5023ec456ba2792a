using System.Diagnostics;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts queues in front of endpoints.</summary>
public static class QueuedAdmissionApplicationBuilderExtensions
{
    /// <summary>Queues the requests of endpoints that name a queue, by <c>WithQueue</c> or <see cref="QueuedAttribute"/>. All others go through untouched.</summary>
    /// <remarks>
    /// <para>Nothing else is needed: queues and settings are read from the section <c>QueuedAdmission</c> of the application's configuration, unless
    /// <c>AddQueuedAdmission</c> says otherwise. Where a request passes it twice, as with a branch that has its own, it is queued once.</para>
    /// <para>Order: after routing, after CORS (otherwise a browser reports a CORS error instead of the rejection), after output caching (a hit needs no
    /// worker), after authentication where the user matters, and before everything that should run only with a worker.</para>
    /// </remarks>
    /// <param name="app">The application.</param>
    /// <returns><paramref name="app"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="app"/> is null.</exception>
    /// <exception cref="InvalidOperationException">
    /// Services are missing that it needs: <c>AddRouting</c>, and without a host <c>AddQueuedAdmission</c>. The message says which.
    /// </exception>
    public static IApplicationBuilder UseQueuedAdmission(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // The pipeline is built inside of the host's start, when all endpoints are mapped: what is wrong with them or the settings stops
        // the application here, before the server listens.
        var entrances = app.ApplicationServices.GetService<EndpointDataSource>() is { } mapped ? Entrances.Of(mapped) : null;
        var entrance = entrances?.Add(app);
        return app.Use(next =>
        {
            var services = app.ApplicationServices;
            RequiredServices.ThrowIfMissing(services);
            var source = services.GetRequiredService<EndpointDataSource>();
            var registry = JobQueueRegistry.For(services);
            var logger = QueueLoggers.Create(services);
            var endpoints = new EndpointQueues(registry, source, services, logger);
            EndpointChecks.ThrowIfAny(endpoints.Problems.Concat(entrance!.IsInBranch ? [] : entrances!.Check(services)));
            if (entrance.IsInBranch)
                entrances!.CheckAtStarted(services);
            entrances!.Watch.Start(registry, services.GetService<DiagnosticListener>(), logger);
            var middleware = new QueuedAdmissionMiddleware(
                next, registry, endpoints, new RoutingCheck(entrances.Watch, entrance.IsInBranch), logger);
            registry.CountEntrance(middleware);
            Http2StreamLimit.Raise(services, registry.AdmissionQueues, logger);
            return middleware.Invoke;
        });
    }
}
