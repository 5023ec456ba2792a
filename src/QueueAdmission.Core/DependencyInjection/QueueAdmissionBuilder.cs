using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

internal sealed class QueueAdmissionBuilder(IServiceCollection services) : IQueueAdmissionBuilder
{
    public IServiceCollection Services => services;
}
