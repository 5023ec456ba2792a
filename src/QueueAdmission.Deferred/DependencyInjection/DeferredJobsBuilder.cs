using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace QueueAdmission.Deferred;

internal sealed class DeferredJobsBuilder(IServiceCollection services) : IDeferredJobsBuilder
{
    public IServiceCollection Services => services;

    public IDeferredJobsBuilder UseStore(Func<IServiceProvider, IJobStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        services.Replace(ServiceDescriptor.Singleton(create));
        return this;
    }

    public IDeferredJobsBuilder UseIntake(Func<IServiceProvider, IJobIntake> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        services.Replace(ServiceDescriptor.Singleton(create));
        return this;
    }
}
