using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.DependencyInjection.Extensions;
using QueueAdmission;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the queues of a web application.</summary>
public static class QueuedAdmissionServiceCollectionExtensions
{
    /// <summary>
    /// Configures queues in code and makes all queues injectable. Inject <c>[FromKeyedServices("name")] JobQueue</c>
    /// for one queue, <see cref="JobQueue"/> for the queue <c>default</c>, and <see cref="JobQueueRegistry"/> for all
    /// queues.
    /// </summary>
    /// <remarks>
    /// <para><c>UseQueuedAdmission</c> also works without this call. Queues that exist only in configuration are
    /// injectable, too. Configuration overrides settings in code: see <see cref="QueuedAdmissionOptions"/>.</para>
    /// <para>If settings are wrong, the application does not start. The options of several calls are combined. If a
    /// <see cref="TimeProvider"/> is registered, it is the clock of the queues.</para>
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options. Default null: none.</param>
    /// <returns>A builder for extensions by other packages, and for further queues with <c>AddJobQueue</c>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IQueueAdmissionBuilder AddQueuedAdmission(
        this IServiceCollection services, Action<QueuedAdmissionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<QueuedAdmissionOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }
        services.TryAddSingleton(JobQueueRegistry.Create);
        services.TryAddSingleton(static provider => Find(provider, JobQueue.DefaultName));
        services.TryAddKeyedSingleton(KeyedService.AnyKey, static (provider, key) => Find(provider, key));
        services.AddHostedService<QueueStartupCheck>();
        services.AddHostedService<QueueShutdown>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, EntranceCheckFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiDescriptionProvider, QueuedActionDescriptions>());
        return new QueueAdmissionBuilder(services);
    }

    /// <summary>
    /// Adds the queues for requests to an application that already has queues of <c>AddJobQueue</c>: see
    /// <see cref="AddQueuedAdmission(IServiceCollection, Action{QueuedAdmissionOptions})"/>.
    /// </summary>
    /// <param name="builder">The builder that an earlier call returned.</param>
    /// <param name="configure">Sets options. Default null: none.</param>
    /// <returns>A builder for extensions by other packages, and for further queues with <c>AddJobQueue</c>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IQueueAdmissionBuilder AddQueuedAdmission(
        this IQueueAdmissionBuilder builder, Action<QueuedAdmissionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddQueuedAdmission(configure);
    }

    private static JobQueue Find(IServiceProvider services, object? key)
    {
        var registry = services.GetRequiredService<JobQueueRegistry>();
        return key is string name && registry.TryGet(name, out var queue)
            ? queue
            : throw new InvalidOperationException(
                $"There is no queue '{key}' to inject. " +
                $"There are: {string.Join(", ", registry.Select(known => known.Name))}. " +
                "Add it in code with AddQueuedAdmission(o => o.AddQueue(…)), or in the configuration.");
    }
}
