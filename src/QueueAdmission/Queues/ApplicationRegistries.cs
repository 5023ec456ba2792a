using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>
/// The registries of applications that use queues without <c>AddQueuedAdmission</c>. Their containers have no registry.
/// </summary>
/// <remarks>
/// <para>The key is the container, in the form of its scope factory: a singleton that every scope finds. The lifetime
/// object of the application is no key. A tenant with a container of its own may share that object with the host and
/// with other tenants.</para>
/// <para>The table holds neither container nor registry alive.</para>
/// </remarks>
internal static class ApplicationRegistries
{
    private static readonly ConditionalWeakTable<object, Slot> Slots = [];

    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The settings are wrong. The message contains all errors.
    /// </exception>
    public static JobQueueRegistry Get(IServiceProvider services) =>
        Slots.GetOrCreateValue(services.GetService<IServiceScopeFactory>() ?? (object)services).Get(services);

    /// <summary>
    /// The registry of one application, with a lock of its own. Creating it reads configuration and calls the
    /// application's code, and other applications do not wait for that.
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
