using QueueAdmission;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Configures the deferred jobs of an application. Packages with a store provide extension methods on this interface.
/// </summary>
/// <remarks>
/// The extension method of such a package calls <see cref="UseStore"/>:
/// <code>
/// public static IDeferredJobsBuilder UseMyStore(this IDeferredJobsBuilder builder, string connectionString) =>
///     builder.UseStore(services => new MyStore(connectionString));
/// </code>
/// </remarks>
public interface IDeferredJobsBuilder
{
    /// <summary>The services of the application.</summary>
    IServiceCollection Services { get; }

    /// <summary>
    /// Sets the store in which accepted jobs wait. If this method is called several times, the last call applies.
    /// </summary>
    /// <param name="create">
    /// Creates the store when the application starts. The function may throw if the settings are invalid, and must not
    /// connect to anything. The application disposes the store.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    IDeferredJobsBuilder UseStore(Func<IServiceProvider, IJobStore> create);

    /// <summary>
    /// Sets the intake, which makes accepted jobs durable before they reach the store. If this method is called several
    /// times, the last call applies. Without a call, the store itself is the intake.
    /// </summary>
    /// <param name="create">
    /// Creates the intake when the application starts. The function may throw if the settings are invalid, and must not
    /// connect to anything. The application disposes the intake.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    IDeferredJobsBuilder UseIntake(Func<IServiceProvider, IJobIntake> create);
}
