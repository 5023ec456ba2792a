using System.Text;

namespace QueueAdmission.Cluster;

/// <summary>The shares of all nodes, as one of them sees them.</summary>
internal sealed class ShareView
{
    private const int MaxSignalLength = 200;

    private readonly IReadOnlyList<LeaseEntry> _nodes;
    private readonly FairShares _shares;
    private readonly int _own;
    private readonly int _claim;

    /// <param name="nodes">The live nodes, with this one.</param>
    /// <param name="shares">Their shares.</param>
    /// <param name="own">The index of this node.</param>
    /// <param name="claim">What it holds.</param>
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

    /// <summary>How many workers the other nodes lack to have their shares.</summary>
    public int OthersLack { get; }

    /// <summary>Whether another node wants more than it holds, even if it has its share.</summary>
    /// <remarks>Workers of this node that become idle change the shares, so they are what the others wait
    /// for.</remarks>
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
    /// Whether this node could get more: workers are free, or another node holds more than its share.
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

    /// <summary>How many workers this node lacks to have its share.</summary>
    /// <param name="holds">What it holds.</param>
    public int OwnLack(int holds) => Math.Max(0, _shares.Of(_own) - holds);

    private int Free => _shares.Limit - HeldByOthers - _claim;

    /// <summary>The number of workers that the node should hold.</summary>
    /// <param name="max">The most that it takes: a node that leaves takes no spare workers.</param>
    /// <param name="isRenewal">
    /// Whether the call is a renewal. Only a renewal spreads spare workers evenly, so no call is made for that.
    /// </param>
    /// <param name="rules">The rules that hold.</param>
    public int Target(int max, bool isRenewal, LeaseRules rules)
    {
        var share = _shares.Of(_own);
        var even = Math.Min(max, _shares.EvenOf(_own));
        // What is free beyond all shares.
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

    /// <summary>Whether another node waits for the last worker of this one, so that they take turns.</summary>
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

    /// <summary>The signal to the nodes that the write concerns; null if there are none.</summary>
    /// <param name="holds">What this node holds from now on.</param>
    /// <param name="before">What it held.</param>
    /// <param name="becameHungry">Whether it wants more than it holds, and did not before.</param>
    public string? Signal(int holds, int before, bool becameHungry)
    {
        var lack = _shares.Of(_own) - holds;
        var free = _shares.Limit - HeldByOthers - holds;
        if (lack > 0)
            return Address('h', node => _shares.GiftOf(node, lack + OthersLack - free) > 0);
        if (holds < before && OthersLack > 0)
            return Address('f', node => _shares.LackOf(node) > 0);
        // The others may want less by now than they have reported, or soon. They look, and give what is idle.
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
