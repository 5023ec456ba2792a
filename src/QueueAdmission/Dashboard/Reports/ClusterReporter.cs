namespace QueueAdmission;

/// <summary>
/// Creates the reports about the cluster of this process, if there is one. The package QueueAdmission.Cluster registers
/// an <see cref="ICluster"/>. This package also works without it.
/// </summary>
internal sealed class ClusterReporter(ICluster? cluster, TimeProvider time)
{
    public ClusterOutageReport? Outage => cluster?.Outage is { } outage
        ? new ClusterOutageReport
        {
            Problem = NameOf(outage.Problem),
            Message = outage.Message,
            Since = outage.Since,
        }
        : null;

    /// <summary>Returns the reports about the queues of the cluster, by name. Empty without a cluster.</summary>
    public Dictionary<string, ClusterReport> DescribeAll()
    {
        var reports = new Dictionary<string, ClusterReport>(StringComparer.OrdinalIgnoreCase);
        foreach (var queue in cluster?.GetQueues() ?? [])
        {
            reports[queue.Queue] = Describe(queue);
        }
        return reports;
    }

    /// <summary>
    /// Returns the report without the times that change even if nothing happens. Healthy nodes that renew their leases
    /// therefore do not change the state of an idle queue.
    /// </summary>
    public ClusterReport WithoutClocks(ClusterReport report) => report with
    {
        TimeToEndSeconds = null,
        SeenAt = IsOld(report) ? report.SeenAt : null,
        Nodes = [.. report.Nodes.Select(node => node.IsLate ? node : node with { LastSeenSeconds = null })],
    };

    private bool IsOld(ClusterReport report) =>
        report.SeenAt is { } seen && (time.GetUtcNow() - seen).TotalSeconds > report.LeaseDurationSeconds;

    private static ClusterReport Describe(ClusterQueue queue)
    {
        var nodes = queue.Nodes
            .Select(node => new ClusterNodeReport
            {
                Name = node.Name,
                IsThisInstance = node.IsThisNode,
                Held = node.Held,
                Wanted = node.Wanted,
                OldestWaitSeconds = Round(node.OldestWait),
                LastSeenSeconds = Round(node.LastSeen),
                // A node renews its lease after a quarter of the lease duration, and at least once a second. Its entry
                // is removed soon after the lease has ended.
                IsLate = node.LastSeen > queue.LeaseDuration * 2 / 3,
                Limit = node.Limit,
                SettingsVersion = node.SettingsVersion,
            })
            .OrderByDescending(node => node.IsThisInstance)
            .ThenBy(node => node.Name, StringComparer.Ordinal)
            .ToList();
        var heldByAll = nodes.Sum(node => node.Held);
        return new ClusterReport
        {
            Name = queue.Cluster,
            Limit = queue.Limit,
            LimitInForce = queue.LimitInForce,
            LeaseDurationSeconds = queue.LeaseDuration.TotalSeconds,
            HasLease = queue.HasLease,
            Held = queue.Held,
            TimeToEndSeconds = Round(queue.TimeToEnd),
            HeldByAll = heldByAll,
            Learning = queue.IsLearning,
            SeenAt = queue.SeenAt,
            Findings = [.. Find(queue, nodes, heldByAll)],
            Nodes = nodes,
        };
    }

    private static IEnumerable<string> Find(ClusterQueue queue, List<ClusterNodeReport> nodes, int heldByAll)
    {
        if (queue.SeenAt is null)
            yield return "never_seen";
        if (!queue.HasLease)
            yield return "no_lease";
        if (queue.IsLearning)
            yield return "learning";
        if (nodes.Select(node => node.Limit).Distinct().Count() > 1)
            yield return "different_limits";
        // A different limit also makes a different settings version, and is already reported as different_limits.
        if (nodes.Select(node => (node.Limit, node.SettingsVersion)).Distinct().Count()
            > nodes.Select(node => node.Limit).Distinct().Count())
        {
            yield return "different_settings";
        }
        if (queue.LimitInForce is { } limit)
        {
            if (heldByAll > limit)
                yield return "held_above_limit";
            // If no node wants more workers, the rest is free as intended.
            if (heldByAll < limit && nodes.Exists(node => node.Wanted > node.Held))
                yield return "held_below_limit";
        }
        if (nodes.Exists(node => node.IsLate))
            yield return "node_late";
    }

    private static string NameOf(LeaseStoreProblem problem) => problem switch
    {
        LeaseStoreProblem.AccessDenied => "access_denied",
        LeaseStoreProblem.Unusable => "unusable",
        _ => "unreachable",
    };

    private static double Round(TimeSpan time) => Math.Round(time.TotalSeconds, 1);
}
