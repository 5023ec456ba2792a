namespace QueueAdmission.Cluster;

/// <summary>Divides the limit among nodes: max-min fair by what they want.</summary>
/// <remarks>
/// Every node computes the same shares from the same document, so nodes need not talk to agree. A node that wants less
/// than an equal share gets what it wants, and the others share what it leaves.
/// </remarks>
internal sealed class FairShares
{
    /// <summary>How long a holder keeps a slot that others want as well.</summary>
    public const long QuantumMilliseconds = 100;

    private readonly IReadOnlyList<LeaseEntry> _nodes;
    private readonly int[] _shares;
    private readonly LeaseRules _rules;
    private readonly long _now;

    /// <param name="nodes">The live nodes.</param>
    /// <param name="limit">The limit in force.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="rules">The rules that hold.</param>
    public FairShares(IReadOnlyList<LeaseEntry> nodes, int limit, long now, LeaseRules rules)
    {
        (_nodes, _now, _rules) = (nodes, now, rules);
        _shares = new int[nodes.Count];
        Limit = limit;
        Fill(limit, except: -1);
        // The heaviest waiter of the node that has waited longest gets all it needs, or it would never start.
        if (FindStuck() is { } stuck)
        {
            var whole = Math.Min(nodes[stuck].Heaviest, Need(stuck));
            Array.Clear(_shares);
            _shares[stuck] = whole;
            Fill(limit - whole, stuck);
        }
        Spare = limit - _shares.Sum();
    }

    public int Limit { get; }

    /// <summary>What no node wants.</summary>
    public int Spare { get; }

    /// <summary>What a node should have.</summary>
    public int Of(int node) => _shares[node];

    /// <summary>What a node should have if what no node wants is spread evenly.</summary>
    public int EvenOf(int node)
    {
        var even = (Spare / _nodes.Count) + (node < Spare % _nodes.Count ? 1 : 0);
        return Math.Min(_nodes[node].Max, _shares[node] + even);
    }

    /// <summary>What a node lacks of its share.</summary>
    public int LackOf(int node) => Math.Max(0, _shares[node] - _nodes[node].Holds);

    /// <summary>The part of a lack that a node gives. Those with the most above their share give first.</summary>
    /// <param name="node">The node.</param>
    /// <param name="lack">What all others lack beyond what is free.</param>
    public int GiftOf(int node, int lack)
    {
        var above = _nodes.Select((entry, i) => Math.Max(0, entry.Holds - _shares[i])).ToArray();
        var gift = 0;
        for (var left = Math.Min(lack, above.Sum()); left > 0; left--)
        {
            var most = Array.IndexOf(above, above.Max());
            above[most]--;
            gift += most == node ? 1 : 0;
        }
        return gift;
    }

    private int Need(int node) => Math.Min(_nodes[node].Wants, Math.Min(_nodes[node].Max, Limit));

    /// <summary>
    /// How long the oldest waiter of a node has waited by now. Durations, so no clocks have to agree.
    /// </summary>
    private long WaitOf(int node) =>
        _nodes[node].Wait == 0 ? 0 : _nodes[node].Wait + Math.Max(0, _now - _nodes[node].At);

    private void Fill(int workers, int except)
    {
        var open = Enumerable.Range(0, _nodes.Count).Where(node => node != except && Need(node) > 0).ToList();
        while (open.Count > 0 && workers / open.Count is > 0 and var each)
        {
            var modest = open.Where(node => Need(node) - _shares[node] <= each).ToList();
            foreach (var node in modest.Count > 0 ? modest : open)
            {
                var more = Math.Min(each, Need(node) - _shares[node]);
                _shares[node] += more;
                workers -= more;
            }
            open.RemoveAll(node => Need(node) == _shares[node]);
            if (modest.Count == 0)
            {
                break;
            }
        }
        foreach (var node in Ranked(open).Take(workers))
        {
            _shares[node]++;
        }
    }

    /// <summary>The order in which the nodes get the rest that cannot be divided.</summary>
    private IEnumerable<int> Ranked(IEnumerable<int> open)
    {
        var keeps = open.OrderByDescending(node => _rules.HasFlag(LeaseRules.Quantum) && HoldsMore(node)
            && _now - _nodes[node].Since < QuantumMilliseconds);
        var byWait = _rules.HasFlag(LeaseRules.OldestWaiterFirst) ? keeps.ThenByDescending(WaitOf) : keeps;
        return byWait.ThenByDescending(HoldsMore).ThenBy(node => _nodes[node].Generation, StringComparer.Ordinal);
    }

    private bool HoldsMore(int node) => _nodes[node].Holds > _shares[node];

    private int? FindStuck()
    {
        int? oldest = null;
        for (var node = 0; node < _nodes.Count; node++)
        {
            if (_nodes[node].Heaviest > 1 && Math.Min(_nodes[node].Heaviest, Need(node)) > _shares[node]
                && (oldest is not { } other || WaitOf(node) > WaitOf(other)))
            {
                oldest = node;
            }
        }
        return oldest is { } stuck && Enumerable.Range(0, _nodes.Count).All(node => WaitOf(node) <= WaitOf(stuck))
            ? stuck
            : null;
    }
}
