using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using QueueAdmission;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers queues in programs without a web server.</summary>
public static class JobQueueServiceCollectionExtensions
{
    /// <summary>
    /// Adds a queue as a keyed singleton: inject it with <c>[FromKeyedServices("name")] JobQueue</c>.
    /// </summary>
    /// <remarks>
    /// <para>Its settings are validated when the host starts, or when the queue is first used. A registered
    /// <see cref="TimeProvider"/> is its clock. Where there is an <c>IMeterFactory</c>, as in every host, it has
    /// metrics.</para>
    /// <para>In a web application with <c>AddQueuedAdmission</c> or <c>UseQueuedAdmission</c>, callers that wait for
    /// the queue are refused when the application stops. Elsewhere they wait on, and a hosted service that awaits
    /// <see cref="JobQueue.DrainAsync(CancellationToken)"/> in <c>StopAsync</c> lets them finish. A web application may
    /// not have another queue of the same name in its configuration or code.</para>
    /// <para>Several calls with one name configure one queue, in their order.</para>
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="name">The queue's name and key: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>.</param>
    /// <param name="configure">Sets what should differ from the defaults.</param>
    /// <returns>A builder for further queues, and for what other packages add to queues.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="services"/> or <paramref name="name"/> is null.
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a valid name.</exception>
    public static IQueueAdmissionBuilder AddJobQueue(
        this IServiceCollection services, string name, Action<JobQueueOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        QueueName.ThrowIfInvalid(name);
        var options = services.AddOptions<JobQueueOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<JobQueueOptions>, JobQueueOptionsValidator>());
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<JobQueueOptions>, RegisteredSettingsCheck>());
        services.TryAddSingleton(static provider => new AddedQueues(
            provider.GetServices<AddedQueueName>(), provider.GetServices<QueueSetting>()));
        services.AddSingleton(new AddedQueueName(name));
        services.TryAddKeyedSingleton(name, (provider, _) => Create(provider, name));
        return new QueueAdmissionBuilder(services);
    }

    /// <summary>
    /// Adds a queue with the settings of a configuration section, which may change while the program runs.
    /// </summary>
    /// <remarks>
    /// <para>The keys are those of <see cref="JobQueueOptions"/>, and of settings that packages add. Everything wrong
    /// is reported when the host starts, with its path: a bad value, an unknown key, a missing section.</para>
    /// <para>A reload takes effect at once, all of it or nothing, and is logged. If something is wrong, the error is
    /// logged, and the last good settings stay. What code changed with
    /// <see cref="JobQueue.Update(Action{JobQueueOptions})"/> stays until that setting changes in the
    /// configuration.</para>
    /// <code>
    /// builder.Services.AddJobQueue("reports", builder.Configuration.GetSection("Reports:Queue"));
    /// </code>
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="name">The queue's name and key: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>.</param>
    /// <param name="section">
    /// The section. It replaces what earlier calls for the same name set, key by key.
    /// </param>
    /// <returns>A builder for further queues, and for what other packages add to queues.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a valid name.</exception>
    public static IQueueAdmissionBuilder AddJobQueue(
        this IServiceCollection services, string name, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var builder = services.AddJobQueue(name);
        services.AddOptions<JobQueueOptions>(name).Configure<IServiceProvider>((options, provider) =>
        {
            var errors = new QueueSectionReader(provider.GetServices<QueueSetting>()).Read(section, options);
            if (errors.Count > 0)
            {
                throw new OptionsValidationException(name, typeof(JobQueueOptions), errors);
            }
        });
        services.AddSingleton<IJobQueueExtension>(provider => new QueueSectionReload(name, section, provider));
        return builder;
    }

    /// <summary>
    /// Adds a further queue: see <see cref="AddJobQueue(IServiceCollection, string, IConfigurationSection)"/>.
    /// </summary>
    /// <param name="builder">What an earlier call returned.</param>
    /// <param name="name">The queue's name and key: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>.</param>
    /// <param name="section">The section.</param>
    /// <returns>A builder for further queues, and for what other packages add to queues.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a valid name.</exception>
    public static IQueueAdmissionBuilder AddJobQueue(
        this IQueueAdmissionBuilder builder, string name, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddJobQueue(name, section);
    }

    /// <summary>
    /// Adds a further queue: see <see cref="AddJobQueue(IServiceCollection, string, Action{JobQueueOptions})"/>.
    /// </summary>
    /// <param name="builder">What an earlier call returned.</param>
    /// <param name="name">The queue's name and key: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>.</param>
    /// <param name="configure">Sets what should differ from the defaults.</param>
    /// <returns>A builder for further queues, and for what other packages add to queues.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/> or <paramref name="name"/> is null.
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a valid name.</exception>
    public static IQueueAdmissionBuilder AddJobQueue(
        this IQueueAdmissionBuilder builder, string name, Action<JobQueueOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddJobQueue(name, configure);
    }

    private static JobQueue Create(IServiceProvider services, string name)
    {
        var added = services.GetRequiredService<AddedQueues>();
        var options = services.GetRequiredService<IOptionsMonitor<JobQueueOptions>>().Get(name);
        var queue = new JobQueue(options, services.GetService<TimeProvider>(), name);
        QueueMetrics.For(services)?.Add(queue);
        foreach (var extension in services.GetServices<IJobQueueExtension>())
        {
            extension.OnCreated(queue);
        }
        added.Add(queue);
        return queue;
    }
}
