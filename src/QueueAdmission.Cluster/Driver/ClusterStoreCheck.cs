using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace QueueAdmission.Cluster;

/// <summary>
/// Stops the host at startup if a queue of <c>AddJobQueue</c> has ClusterWorkers but no store is registered.
/// </summary>
internal sealed class ClusterStoreCheck(IServiceProviderIsService services) : IValidateOptions<JobQueueOptions>
{
    public ValidateOptionsResult Validate(string? name, JobQueueOptions options) =>
        options.Get(ClusterSettings.ClusterWorkers) is null || services.IsService(typeof(ILeaseStore))
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(MessageFor(name));

    public static string MessageFor(string? queue) =>
        $"Queue '{queue}': ClusterWorkers needs a store that all nodes share. "
        + "Write: AddCluster(c => c.UseRedis(connectionString)), or c.UseSqlite(path) for processes on one host.";
}
