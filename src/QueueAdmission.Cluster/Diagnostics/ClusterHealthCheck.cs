using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QueueAdmission.Cluster;

internal sealed class ClusterHealthCheck(ICluster cluster) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (cluster.Outage is { } outage)
            return Task.FromResult(HealthCheckResult.Degraded(
                $"The store of the cluster has been unavailable since {outage.Since:u} ({outage.Problem}): "
                + $"{outage.Message}"));
        var without = cluster.GetQueues().Where(queue => !queue.HasLease).Select(queue => queue.Queue).ToList();
        return Task.FromResult(without.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"This node has no lease for {string.Join(", ", without)}."));
    }
}
