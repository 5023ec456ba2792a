using System.Text;

namespace QueueAdmission.Cluster;

/// <summary>The shares of all nodes from the point of view of one node.</summary>
internal sealed class ShareView
{
    private const int MaxSignalLength = 200;

    private readonly IReadOnlyList<LeaseEntry> _nodes;
    private readonly FairShares _shares;
    private readonly int _own;
    private readonly int _claim;

    /// <param name="nodes">The live nodes, including this one.</param>
    /// <param name="shares">Their shares.</param>
    /// <param name="own">The index of this node.</param>
    /// <param name="claim">The number of workers that this node holds.</param>
    public ShareView(IReadOnlyList<LeaseEntry> nodes, FairShares shares, int own, int claim)
    {
        (_nodes, _shares, _own, _claim) = (nodes, shares, own, claim);
        for (var node = 0; node < nodes.Count; node++)
        {
            if (node == own)
                continue;
            HeldByOthers += nodes[node].Holds;
            OthersLack += shares.LackOf(node);
        }
    }

    public int HeldByOthers { get; }

    /// <summary>The number of workers that the other nodes lack of their shares.</summary>
    public int OthersLack { get; }

    /// <summary>Whether another node wants more workers than it holds, even if it already has its share.</summary>
    /// <remarks>
    /// If workers of this node become idle, the shares of the other nodes grow. A node can therefore gain workers
    /// although it already has its share.
    /// </remarks>
    public bool OthersAreHungry
    {
        get
        {
            for (var node = 0; node < _nodes.Count; node++)
            {
                if (node != _own && _nodes[node].Wants > _nodes[node].Holds)
                    return true;
            }
            return false;
        }
    }

    /// <summary>
    /// Whether this node could obtain more workers: workers are free, or another node holds more than its share.
    /// </summary>
    public bool OthersHaveMore
    {
        get
        {
            for (var node = 0; node < _nodes.Count; node++)
            {
                if (node != _own && _nodes[node].Holds > _shares.Of(node))
                    return true;
            }
            return Free > 0;
        }
    }

    /// <summary>Returns the number of workers that this node lacks of its share.</summary>
    /// <param name="holds">The number of workers that this node holds.</param>
    public int OwnLack(int holds) => Math.Max(0, _shares.Of(_own) - holds);

    private int Free => _shares.Limit - HeldByOthers - _claim;

    /// <summary>Returns the number of workers that the node should hold.</summary>
    /// <param name="max">The maximum that the node takes. A node that is leaving takes no spare workers.</param>
    /// <param name="isRenewal">
    /// Whether the call is a renewal. Spare workers are spread evenly only by renewals, because an extra call for this
    /// purpose is not worthwhile.
    /// </param>
    /// <param name="rules">The rules in force.</param>
    public int Target(int max, bool isRenewal, LeaseRules rules)
    {
        var share = _shares.Of(_own);
        var even = Math.Min(max, _shares.EvenOf(_own));
        // The workers that are free beyond all shares.
        var spare = Free - OthersLack - Math.Max(0, share - _claim);
        if (spare > 0)
            return Math.Min(max, Math.Max(Math.Max(_claim, share), Math.Min(even, Math.Max(_claim, share) + spare)));
        if (_claim <= share)
            return Math.Min(max, share);
        var gift = rules.HasFlag(LeaseRules.GiveToHungry) ? _shares.GiftOf(_own, Math.Max(0, OthersLack - Free)) : 0;
        var kept = isRenewal && gift == 0 && _claim > even && rules.HasFlag(LeaseRules.GiveToHungry)
            && OthersAreBelowEven() ? even : _claim - gift;
        return Math.Min(max, kept);
    }

    /// <summary>
    /// Returns true if another node waits for the last worker of this node, so that the nodes take turns.
    /// </summary>
    public bool IsContested(int holds)
    {
        var wanting = 0;
        var othersWant = false;
        for (var node = 0; node < _nodes.Count; node++)
        {
            wanting += _nodes[node].Wants > 0 ? 1 : 0;
            othersWant |= node != _own && _nodes[node].Wants > _nodes[node].Holds;
        }
        return othersWant && holds > 0 && holds > _shares.Limit / Math.Max(1, wanting);
    }

    /// <summary>Returns the signal to the nodes that are affected by the write, or null if there are none.</summary>
    /// <param name="holds">The number of workers that this node holds from now on.</param>
    /// <param name="before">The number of workers that this node held before.</param>
    /// <param name="becameHungry">Whether this node wants more workers than it holds, and did not before.</param>
    public string? Signal(int holds, int before, bool becameHungry)
    {
        var lack = _shares.Of(_own) - holds;
        var free = _shares.Limit - HeldByOthers - holds;
        if (lack > 0)
            return Address('h', node => _shares.GiftOf(node, lack + OthersLack - free) > 0);
        if (holds < before && OthersLack > 0)
            return Address('f', node => _shares.LackOf(node) > 0);
        // The other nodes may now want less than they have reported, or may want less soon. They check, and give up
        // idle workers.
        return becameHungry ? Address('h', node => _nodes[node].Holds > 0) : null;
    }

    private bool OthersAreBelowEven()
    {
        var below = 0;
        for (var node = 0; node < _nodes.Count; node++)
        {
            below += node == _own ? 0 : Math.Max(0, _shares.EvenOf(node) - _nodes[node].Holds);
        }
        return below > Free;
    }

    private string? Address(char kind, Func<int, bool> isMeant)
    {
        var text = new StringBuilder().Append(kind).Append(':');
        for (var node = 0; node < _nodes.Count; node++)
        {
            if (node != _own && isMeant(node) && text.Length + _nodes[node].Generation.Length < MaxSignalLength)
                text.Append(_nodes[node].Generation).Append(',');
        }
        return text.Length > 2 ? text.ToString() : null;
    }
}
