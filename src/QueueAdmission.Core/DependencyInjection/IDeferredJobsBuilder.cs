using QueueAdmission;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Configures the deferred jobs of an application. Packages with stores offer their methods on it.</summary>
/// <remarks>
/// A package with a store calls <see cref="UseStore"/>:
/// <code>
/// public static IDeferredJobsBuilder UseMyStore(this IDeferredJobsBuilder builder, string connectionString) =>
///     builder.UseStore(services => new MyStore(connectionString));
/// </code>
/// </remarks>
public interface IDeferredJobsBuilder
{
    /// <summary>The services of the application.</summary>
    IServiceCollection Services { get; }

    /// <summary>Sets the store in which accepted jobs wait. The last call holds.</summary>
    /// <param name="create">
    /// Creates the store when the application starts. It may throw for settings that cannot work, and connects to
    /// nothing. The application disposes the store.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    IDeferredJobsBuilder UseStore(Func<IServiceProvider, IJobStore> create);

    /// <summary>
    /// Sets what makes accepted jobs durable in front of the store. The last call holds. Without a call it is the store
    /// itself.
    /// </summary>
    /// <param name="create">
    /// Creates the intake when the application starts. It may throw for settings that cannot work, and connects to
    /// nothing. The application disposes the intake.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    IDeferredJobsBuilder UseIntake(Func<IServiceProvider, IJobIntake> create);
}
