using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using QueueAdmission;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers queues in the dependency injection container, without the configuration of a web application.
/// </summary>
public static class JobQueueServiceCollectionExtensions
{
    /// <summary>
    /// Adds a queue as a keyed singleton. Inject it with <c>[FromKeyedServices("name")] JobQueue</c>.
    /// </summary>
    /// <remarks>
    /// <para>The settings of the queue are validated when the host starts, or when the queue is first used. If a
    /// <see cref="TimeProvider"/> is registered, it is the clock of the queue. If an <c>IMeterFactory</c> is
    /// registered, as in every host, the queue reports metrics.</para>
    /// <para>In a web application with <c>AddQueuedAdmission</c> or <c>UseQueuedAdmission</c>, callers that wait for
    /// the queue are refused when the application stops. In other applications they continue to wait. To let them
    /// finish, await <see cref="JobQueue.DrainAsync(CancellationToken)"/> in the <c>StopAsync</c> method of a hosted
    /// service. The configuration and the code of a web application must not define another queue with the same
    /// name.</para>
    /// <para>Several calls with the same name configure the same queue, in the order of the calls.</para>
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="name">The queue's name and key: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>.</param>
    /// <param name="configure">Changes settings from their defaults.</param>
    /// <returns>A builder for adding further queues and the features of other packages.</returns>
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
    /// Adds a queue whose settings come from a configuration section. The section may change while the program runs.
    /// </summary>
    /// <remarks>
    /// <para>The keys are the properties of <see cref="JobQueueOptions"/> and the settings that packages add. When the
    /// host starts, all errors are reported with their paths: invalid values, unknown keys, or a missing
    /// section.</para>
    /// <para>A valid reload takes effect at once and is logged. An invalid reload is logged as an error and changes
    /// nothing: the queue keeps its last valid settings. A setting that code has changed with
    /// <see cref="JobQueue.Update(Action{JobQueueOptions})"/> keeps that value until its configured value
    /// changes.</para>
    /// <code>
    /// builder.Services.AddJobQueue("reports", builder.Configuration.GetSection("Reports:Queue"));
    /// </code>
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="name">The queue's name and key: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>.</param>
    /// <param name="section">
    /// The section. Each key in it overrides the value from earlier calls with the same name.
    /// </param>
    /// <returns>A builder for adding further queues and the features of other packages.</returns>
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
    /// <param name="builder">The builder.</param>
    /// <param name="name">The queue's name and key: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>.</param>
    /// <param name="section">The section.</param>
    /// <returns>A builder for adding further queues and the features of other packages.</returns>
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
    /// <param name="builder">The builder.</param>
    /// <param name="name">The queue's name and key: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>.</param>
    /// <param name="configure">Changes settings from their defaults.</param>
    /// <returns>A builder for adding further queues and the features of other packages.</returns>
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
