using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>Creates the protector of the jobs with a separate Data Protection.</summary>
/// <remarks>
/// The Data Protection of the application is not changed. The application name of this Data Protection is fixed. The
/// default would be the content root path, so the same application could not read its jobs after it moved to another
/// folder.
/// </remarks>
internal static class ProtectorFactory
{
    private const string ApplicationName = "QueueAdmission.Deferred";

    /// <exception cref="InvalidOperationException">The keys would be lost when the process ends.</exception>
    public static JobProtector Create(DeferredJobsOptions options, IJobStore store, ILoggerFactory loggers)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(new GuardedLoggers(loggers)));
        var protection = services.AddDataProtection().SetApplicationName(ApplicationName);
        var ring = new JobKeyRing(store);
        services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = ring);
        foreach (var configure in options.Protection)
        {
            configure(protection);
        }
        var provider = services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>();
        if (provider is EphemeralDataProtectionProvider && !options.IsUnprotected)
        {
            throw new InvalidOperationException(
                "AddDeferredJobs cannot start: its Data Protection has ephemeral keys, "
                + "and jobs whose keys are lost cannot run. "
                + "Keep the keys in the store, which is the default, or elsewhere, or call Unprotected().");
        }
        return new JobProtector(provider, protects: !options.IsUnprotected) { RestoreKeys = ring.Restore };
    }
}
