namespace QueueAdmission.Cluster;

/// <summary>Decides when writes that are not urgent have to wait, so that renewals succeed.</summary>
/// <remarks>
/// With plain compare-and-set, a node with a slow connection to the store loses every write against nodes with fast
/// connections. It cannot ask for time, because the request would be a write as well. Instead, the other nodes see in
/// the document that its renewal is late. They then make no write that is not urgent during the same half of each
/// period. If there are many nodes, wishes always leave a small part of each period free for nodes that are not in the
/// document yet.
/// </remarks>
internal static class WishWindow
{
    private const int ManyNodes = 8;

    /// <param name="nodes">The live nodes.</param>
    /// <param name="own">This node.</param>
    /// <param name="now">The current time of the store, in milliseconds.</param>
    /// <param name="rules">The rules in force.</param>
    /// <param name="left">The time until the window opens.</param>
    public static bool IsClosed(
        IReadOnlyList<LeaseEntry> nodes, LeaseEntry own, long now, LeaseRules rules, out TimeSpan left) =>
        IsClosed(PeriodOf(nodes, own, now, rules, nodes.Count >= ManyNodes ? (100, 600) : (0, 1)), now, out left);

    /// <summary>Returns true if the window is closed because a renewal of another node is late.</summary>
    /// <param name="nodes">The live nodes.</param>
    /// <param name="own">This node.</param>
    /// <param name="now">The current time of the store, in milliseconds.</param>
    /// <param name="rules">The rules in force.</param>
    /// <param name="left">The time until the window opens.</param>
    public static bool IsClosedForLate(
        IReadOnlyList<LeaseEntry> nodes, LeaseEntry own, long now, LeaseRules rules, out TimeSpan left) =>
        IsClosed(PeriodOf(nodes, own, now, rules, (0, 1)), now, out left);

    private static (int Closed, int Length) PeriodOf(
        IReadOnlyList<LeaseEntry> nodes, LeaseEntry own, long now, LeaseRules rules, (int, int) otherwise)
    {
        if (!rules.HasFlag(LeaseRules.RenewalsFirst))
            return (0, 1);
        var latest = 0d;
        foreach (var node in nodes)
        {
            if (node != own && node.Duration > 0)
                latest = Math.Max(latest, (double)(now - node.At) / node.Duration);
        }
        // A renewal is due after a quarter of the lease. The later a renewal is, the slower the connection of its node
        // may be.
        return latest > 0.65 ? (300, 600) : latest > 0.5 ? (100, 200) : otherwise;
    }

    private static bool IsClosed((int Closed, int Length) period, long now, out TimeSpan left)
    {
        var passed = now % period.Length;
        left = TimeSpan.FromMilliseconds(period.Closed - passed);
        return passed < period.Closed;
    }
}
