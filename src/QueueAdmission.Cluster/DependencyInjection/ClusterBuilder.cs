using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace QueueAdmission.Cluster;

internal sealed class ClusterBuilder(IServiceCollection services) : IClusterBuilder
{
    public IServiceCollection Services => services;

    public IClusterBuilder UseStore(Func<IServiceProvider, ILeaseStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        services.Replace(ServiceDescriptor.Singleton(create));
        return this;
    }
}
