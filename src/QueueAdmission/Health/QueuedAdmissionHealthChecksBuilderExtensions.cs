using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using QueueAdmission;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the queues to an application's health checks.</summary>
public static class QueuedAdmissionHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of all queues. It is Degraded while a queue is full or refuses requests, and while the last reload
    /// of the configuration is rejected. Otherwise it is Healthy.
    /// </summary>
    /// <remarks>
    /// <para>The check is Unhealthy only for reasons that <paramref name="configure"/> switches on: see
    /// <see cref="QueueHealthOptions"/>.</para>
    /// <para>ASP.NET Core's health endpoint answers Degraded with 200, because an instance that works at its limit is
    /// not faulty.</para>
    /// <para>The data of the check contains the figures of every queue. The check only reads them, so it may be called
    /// at any rate.</para>
    /// </remarks>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">
    /// The name of the check. Default <c>queues</c>. Several checks with different settings need different names.
    /// </param>
    /// <param name="configure">Changes the settings of the check. Default null: the defaults apply.</param>
    /// <param name="tags">The tags of the check. Default null: none.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/> or <paramref name="name"/> is null.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static IHealthChecksBuilder AddQueuedAdmission(
        this IHealthChecksBuilder builder,
        string name = "queues",
        Action<QueueHealthOptions>? configure = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        var options = new QueueHealthOptions();
        configure?.Invoke(options);
        // The framework calls the factory below at every check. The object must outlive that call, because it remembers
        // which queues were full. Therefore one object for each name is registered.
        builder.Services.TryAddKeyedSingleton(
            name, (services, _) => new QueueHealthCheck(JobQueueRegistry.For(services), options));
        return builder.Add(new HealthCheckRegistration(
            name, services => services.GetRequiredKeyedService<QueueHealthCheck>(name), failureStatus: null, tags));
    }
}
