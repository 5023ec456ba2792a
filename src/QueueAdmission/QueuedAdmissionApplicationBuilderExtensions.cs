using System.Diagnostics;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the middleware that puts queues in front of endpoints.</summary>
public static class QueuedAdmissionApplicationBuilderExtensions
{
    /// <summary>
    /// Queues the requests of endpoints that name a queue with <c>WithQueue</c> or <see cref="QueuedAttribute"/>. All
    /// other requests pass unchanged.
    /// </summary>
    /// <remarks>
    /// <para>Queues and settings are read from the section <c>QueuedAdmission</c> of the application's configuration,
    /// unless <c>AddQueuedAdmission</c> names another source. No other call is needed. A request that passes the
    /// middleware twice is queued once.</para>
    /// <para>The position in the pipeline matters. The middleware comes:</para>
    /// <list type="bullet">
    /// <item>after routing, which selects the endpoint;</item>
    /// <item>after CORS, because a browser otherwise reports a CORS error instead of the rejection;</item>
    /// <item>after output caching, because a cached answer needs no worker;</item>
    /// <item>after authentication, if the queue uses the user;</item>
    /// <item>before every middleware that should run only with a worker.</item>
    /// </list>
    /// </remarks>
    /// <param name="app">The application.</param>
    /// <returns><paramref name="app"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="app"/> is null.</exception>
    /// <exception cref="InvalidOperationException">
    /// Required services are missing, or an endpoint cannot be queued in the way it is mapped. The exception is thrown
    /// when the pipeline is built. Its message names each problem.
    /// </exception>
    public static IApplicationBuilder UseQueuedAdmission(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // The pipeline is built while the host starts, after all endpoints are mapped. Errors in endpoints or settings
        // stop the application here, before the server listens.
        var entrances = app.ApplicationServices.GetService<EndpointDataSource>() is { } mapped
            ? Entrances.Of(mapped)
            : null;
        var entrance = entrances?.Add(app);
        return app.Use(next =>
        {
            var services = app.ApplicationServices;
            RequiredServices.ThrowIfMissing(services);
            var source = services.GetRequiredService<EndpointDataSource>();
            var registry = JobQueueRegistry.For(services);
            var logger = QueueLoggers.Create(services);
            var endpoints = new EndpointQueues(registry, source, services, logger);
            EndpointChecks.ThrowIfAny(
                endpoints.Problems.Concat(entrance!.IsInBranch ? [] : entrances!.Check(services)));
            if (entrance.IsInBranch)
            {
                entrances!.CheckAtStarted(services);
            }
            entrances!.Watch.Start(registry, services.GetService<DiagnosticListener>(), logger);
            var middleware = new QueuedAdmissionMiddleware(
                next, registry, endpoints, entrances.Watch, entrance.IsInBranch, logger);
            registry.Pipelines.Add(middleware);
            Http2StreamLimit.Raise(services, registry.RequestQueues, logger);
            return middleware.Invoke;
        });
    }
}
