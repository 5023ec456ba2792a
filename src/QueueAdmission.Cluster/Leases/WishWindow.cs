namespace QueueAdmission.Cluster;

/// <summary>Says when writes that could wait have to wait, so that renewals get through.</summary>
/// <remarks>
/// With plain compare-and-set, a node far from the store loses every write against nodes that are near. It cannot ask
/// for time, because that would be a write as well. So all nodes see in the document that its renewal is late, and
/// leave the same half of the store's time to it. Among many nodes a small part of the time is always left, for nodes
/// that are not in the document yet.
/// </remarks>
internal static class WishWindow
{
    private const int ManyNodes = 8;

    /// <param name="nodes">The live nodes.</param>
    /// <param name="own">This node.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="rules">The rules that hold.</param>
    /// <param name="left">The time until the window opens.</param>
    public static bool IsClosed(
        IReadOnlyList<LeaseEntry> nodes, LeaseEntry own, long now, LeaseRules rules, out TimeSpan left)
    {
        left = default;
        if (!rules.HasFlag(LeaseRules.RenewalsFirst))
            return false;
        var latest = 0d;
        foreach (var node in nodes)
        {
            if (node != own && node.Duration > 0)
                latest = Math.Max(latest, (double)(now - node.At) / node.Duration);
        }
        // A renewal is due after a third of the lease. The later it is, the longer the way may be that it needs.
        var (closed, period) = latest > 0.65 ? (300, 600) : latest > 0.5 ? (100, 200) : nodes.Count >= ManyNodes ? (50, 600) : (0, 1);
        var passed = now % period;
        left = TimeSpan.FromMilliseconds(closed - passed);
        return passed < closed;
    }
}
