using QueueAdmission;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the settings and configuration keys that packages add.</summary>
public static class QueueSettingServiceCollectionExtensions
{
    /// <summary>Adds a setting to the queues of an application.</summary>
    /// <remarks>
    /// The setting can be configured under <c>Defaults</c> and for each queue, with the same checks as a built-in
    /// setting. The dashboard shows it. Registering the same object again has no effect.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="setting">The setting.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="services"/> or <paramref name="setting"/> is null.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The default of <paramref name="setting"/> is out of its range, or another setting with the same key is
    /// registered.
    /// </exception>
    public static IServiceCollection AddQueueSetting(this IServiceCollection services, QueueSetting setting)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(setting);
        if (!setting.IsDefaultAllowed)
        {
            throw new ArgumentException(
                $"The default of the setting {setting.Key} is {setting.ShownDefault}; allowed: {setting.Allowed}.",
                nameof(setting));
        }
        var others = services
            .Where(service => !service.IsKeyedService && service.ServiceType == typeof(QueueSetting))
            .Select(service => service.ImplementationInstance)
            .OfType<QueueSetting>()
            .Where(other => other.Key.Equals(setting.Key, StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (others.Contains(setting))
            return services;
        if (others.Count > 0)
            throw new ArgumentException(
                $"Another setting with the key {others[0].Key} was registered.", nameof(setting));
        return services.AddSingleton(setting);
    }

    /// <summary>
    /// Declares a configuration key beside <c>Queues</c> that a package reads. An application whose configuration
    /// contains an undeclared key does not start.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="key">The key, for example <c>Cluster</c>. Comparison ignores case.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty.</exception>
    public static IServiceCollection AddQueueConfigurationKey(this IServiceCollection services, string key)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        return services.AddSingleton(new AddedSectionKey(key));
    }

    /// <summary>
    /// Adds a setting to the queues: see <see cref="AddQueueSetting(IServiceCollection, QueueSetting)"/>.
    /// </summary>
    /// <param name="builder">The builder that <c>AddQueuedAdmission</c> or <c>AddJobQueue</c> returned.</param>
    /// <param name="setting">The setting.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/> or <paramref name="setting"/> is null.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The default of <paramref name="setting"/> is out of its range, or another setting with the same key is
    /// registered.
    /// </exception>
    public static IQueueAdmissionBuilder AddQueueSetting(this IQueueAdmissionBuilder builder, QueueSetting setting)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddQueueSetting(setting);
        return builder;
    }
}
