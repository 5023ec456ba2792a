using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>
/// The registries of applications that use queues without <c>AddQueuedAdmission</c>. The containers of such
/// applications contain no registry.
/// </summary>
/// <remarks>
/// <para>The key of the table is the scope factory of the container, because it is a singleton that every scope
/// returns. The <c>IHostApplicationLifetime</c> of the application cannot be the key: a tenant with a separate
/// container may share this object with the host and with other tenants.</para>
/// <para>The table keeps neither the container nor the registry alive.</para>
/// </remarks>
internal static class ApplicationRegistries
{
    private static readonly ConditionalWeakTable<object, Slot> Slots = [];

    /// <summary>Returns the registry for a container. Creates it if necessary.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The settings are wrong. The message contains all errors.
    /// </exception>
    public static JobQueueRegistry Get(IServiceProvider services) =>
        Slots.GetOrCreateValue(services.GetService<IServiceScopeFactory>() ?? (object)services).Get(services);

    /// <summary>
    /// The registry of one application, with a separate lock. Creating a registry reads configuration and calls code of
    /// the application. Other applications do not wait for this.
    /// </summary>
    private sealed class Slot
    {
        private readonly Lock _gate = new();
        private volatile JobQueueRegistry? _registry;

        public JobQueueRegistry Get(IServiceProvider services)
        {
            if (_registry is { } known)
                return known;
            lock (_gate)
                return _registry ??= JobQueueRegistry.Create(services);
        }
    }
}
