namespace QueueAdmission.Cluster;

/// <summary>Says when writes that could wait have to wait, so that renewals get through.</summary>
/// <remarks>
/// With plain compare-and-set, a node far from the store loses every write against nodes that are near. It cannot ask
/// for time, because that would be a write as well. So all nodes see in the document that its renewal is late, and leave
/// the same half of the store's time to it. Among many nodes a small part of the time is always left, for nodes that are
/// not in the document yet.
/// </remarks>
internal static class WishWindow
{
    private const int ManyNodes = 8;
    private const long Period = 100;
    private const long LongPeriod = 600;
    private const long Closed = 50;

    /// <param name="nodes">The live nodes.</param>
    /// <param name="own">This node.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="rules">The rules that hold.</param>
    /// <param name="left">The time until the window opens.</param>
    public static bool IsClosed(IReadOnlyList<LeaseEntry> nodes, LeaseEntry own, long now, LeaseRules rules, out TimeSpan left)
    {
        left = default;
        if (!rules.HasFlag(LeaseRules.RenewalsFirst))
            return false;
        var isOneLate = nodes.Any(node => node != own && now - node.At > node.Duration / 2);
        if (!isOneLate && nodes.Count < ManyNodes)
            return false;
        var passed = now % (isOneLate ? Period : LongPeriod);
        left = TimeSpan.FromMilliseconds(Closed - passed);
        return passed < Closed;
    }
}
