using QueueAdmission;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Configures the cluster of an application. Packages with stores extend it with methods.</summary>
/// <remarks>
/// A package with a store calls <see cref="UseStore"/>:
/// <code>
/// public static IClusterBuilder UseMyStore(this IClusterBuilder builder, string connectionString) =>
///     builder.UseStore(services => new MyStore(connectionString));
/// </code>
/// </remarks>
public interface IClusterBuilder
{
    /// <summary>The services of the application.</summary>
    IServiceCollection Services { get; }

    /// <summary>Sets the store that the nodes share. If called several times, the last call applies.</summary>
    /// <param name="create">
    /// Creates the store when the application starts. The function may throw for invalid settings, but must not connect
    /// to the store yet. The application disposes the store.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    IClusterBuilder UseStore(Func<IServiceProvider, ILeaseStore> create);
}
