using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using QueueAdmission;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the queues to an application's health checks.</summary>
public static class QueuedAdmissionHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of all queues: Degraded while a queue is full or refuses requests, and while the last reload of the configuration was rejected; otherwise Healthy. What
    /// makes it Unhealthy is off unless <paramref name="configure"/> switches it on.
    /// </summary>
    /// <remarks>
    /// To ASP.NET Core's health endpoint Degraded is still a 200: an instance that works at its limit is where it should be. The check's data has the
    /// numbers of every queue. It reads them, and nothing else, so it may be called as often as you like.
    /// </remarks>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The check's name. Several checks with different settings, for example one for readiness, need different names.</param>
    /// <param name="configure">Sets what should differ from the defaults.</param>
    /// <param name="tags">The check's tags.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="name"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static IHealthChecksBuilder AddQueuedAdmission(
        this IHealthChecksBuilder builder, string name = "queues", Action<QueueHealthOptions>? configure = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        var options = new QueueHealthOptions();
        configure?.Invoke(options);
        // One object for each name, because it remembers which queues were full; the factory below is called for every single check.
        builder.Services.TryAddKeyedSingleton(name, (services, _) => new QueueHealthCheck(JobQueueRegistry.For(services), options));
        return builder.Add(new HealthCheckRegistration(name, services => services.GetRequiredKeyedService<QueueHealthCheck>(name), failureStatus: null, tags));
    }
}
