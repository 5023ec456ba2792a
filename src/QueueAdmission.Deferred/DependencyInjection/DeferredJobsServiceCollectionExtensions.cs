using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using QueueAdmission;
using QueueAdmission.Deferred;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds deferred jobs to the queues of a web application.</summary>
public static class DeferredJobsServiceCollectionExtensions
{
    /// <summary>
    /// Lets endpoints accept requests durably, answer them with 202, and run them later: see <c>Defer()</c>.
    /// </summary>
    /// <remarks>
    /// <code>
    /// builder.Services.AddQueuedAdmission().AddDeferredJobs(d => d.UseSqlite("Data Source=jobs.db"));
    /// app.MapPost("/posts", Publish).WithQueue("posts").Defer();
    /// app.MapDeferredJobs("/jobs");
    /// </code>
    /// Several calls configure the same deferred jobs. Without a store, the application does not start.
    /// </remarks>
    /// <param name="builder">The builder that <c>AddQueuedAdmission</c> or <c>AddJobQueue</c> returned.</param>
    /// <param name="configure">Chooses the store, and configures how requests are stored and run.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/> or <paramref name="configure"/> is null.
    /// </exception>
    public static IQueueAdmissionBuilder AddDeferredJobs(
        this IQueueAdmissionBuilder builder, Action<IDeferredJobsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        configure(new DeferredJobsBuilder(services));
        if (services.Any(service => service.ServiceType == typeof(DeferredJobs)))
        {
            return builder;
        }
        services.AddQueuedAdmission();
        foreach (var setting in DeferredSettings.All)
        {
            services.AddQueueSetting(setting);
        }
        services.AddOptions<DeferredJobsOptions>().Configure<IOptionsMonitor<RequestTimeoutOptions>>(
            static (options, timeouts) => options.Timeouts = () => timeouts.CurrentValue);
        services.AddSingleton<DeferredJobs>();
        services.AddSingleton<IDeferredJobs>(static provider => provider.GetRequiredService<DeferredJobs>());
        services.AddHostedService(static provider => provider.GetRequiredService<DeferredJobs>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IApiDescriptionProvider, DeferDescriptionProvider>());
        return builder;
    }
}
