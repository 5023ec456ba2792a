using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using QueueAdmission.Deferred;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Configures how requests are stored and run.</summary>
public static class DeferredJobsBuilderExtensions
{
    /// <summary>
    /// Stores requests and responses without encryption. Without this call, they are encrypted with keys that are kept
    /// in the store.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IDeferredJobsBuilder Unprotected(this IDeferredJobsBuilder builder) =>
        Configure(builder, static options => options.IsUnprotected = true);

    /// <summary>
    /// Configures the Data Protection that encrypts requests and responses, for example to encrypt its keys with a
    /// certificate or to keep them elsewhere. It is separate from the Data Protection of the application.
    /// </summary>
    /// <remarks>
    /// By default, the keys are kept unencrypted in the store of the jobs. If a copy of the store must not be readable,
    /// encrypt the keys with a certificate or keep them elsewhere. Jobs whose keys are lost become dead letters.
    /// <code>
    /// d.UseSqlite("Data Source=jobs.db").ConfigureDataProtection(p => p.ProtectKeysWithCertificate(certificate));
    /// </code>
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">
    /// Called after the defaults are set. The services of the Data Protection builder are separate from those of the
    /// application.
    /// </param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/> or <paramref name="configure"/> is null.
    /// </exception>
    public static IDeferredJobsBuilder ConfigureDataProtection(
        this IDeferredJobsBuilder builder, Action<IDataProtectionBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Configure(builder, options => options.Protection.Add(configure));
    }

    /// <summary>
    /// Stores additional request headers that handlers read. Headers of parameters, such as <c>[FromHeader]</c>, are
    /// stored without this call.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="names">The names of the headers.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/> or <paramref name="names"/> is null.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A name is empty, or the header holds credentials and is never stored: <c>Authorization</c>,
    /// <c>Proxy-Authorization</c>, <c>Cookie</c>.
    /// </exception>
    public static IDeferredJobsBuilder StoreHeaders(this IDeferredJobsBuilder builder, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(names));
            if (StoredHeaders.IsCredential(name))
            {
                throw new ArgumentException(
                    $"The header {name} holds credentials, which are never stored.", nameof(names));
            }
        }
        return Configure(builder, options => options.Headers.UnionWith(names));
    }

    /// <summary>
    /// Asks the application before each attempt whether the caller is still allowed to make the request. For example,
    /// the account may have been locked since the request was accepted.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="isAllowed">
    /// Receives the request as the handler would see it. If it returns false, the job ends with the response 403, and
    /// the handler does not run. An exception fails the attempt.
    /// </param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/> or <paramref name="isAllowed"/> is null.
    /// </exception>
    public static IDeferredJobsBuilder AuthorizeRuns(
        this IDeferredJobsBuilder builder, Func<HttpContext, ValueTask<bool>> isAllowed)
    {
        ArgumentNullException.ThrowIfNull(isAllowed);
        return Configure(builder, options => options.Authorize = isAllowed);
    }

    private static IDeferredJobsBuilder Configure(IDeferredJobsBuilder builder, Action<DeferredJobsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(configure);
        return builder;
    }
}
