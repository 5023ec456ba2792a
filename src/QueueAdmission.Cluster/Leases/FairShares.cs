namespace QueueAdmission.Cluster;

/// <summary>
/// Divides the limit among the nodes by max-min fairness, according to the workers that each node wants.
/// </summary>
/// <remarks>
/// All nodes compute the same shares from the same document, so they agree without communicating. A node that wants
/// less than an equal share gets what it wants. The other nodes share the rest.
/// </remarks>
internal sealed class FairShares
{
    /// <summary>How long a node keeps a worker that other nodes want as well.</summary>
    public const long QuantumMilliseconds = 100;

    private readonly IReadOnlyList<LeaseEntry> _nodes;
    private readonly int[] _shares;
    private readonly LeaseRules _rules;
    private readonly long _now;

    /// <param name="nodes">The live nodes.</param>
    /// <param name="limit">The limit that currently applies.</param>
    /// <param name="now">The current time of the store, in milliseconds.</param>
    /// <param name="rules">The rules in force.</param>
    public FairShares(IReadOnlyList<LeaseEntry> nodes, int limit, long now, LeaseRules rules)
    {
        (_nodes, _now, _rules) = (nodes, now, rules);
        _shares = new int[nodes.Count];
        Limit = limit;
        Fill(limit, except: -1);
        // The heaviest waiting job of the node that has waited longest gets all workers that it needs. Otherwise this
        // job might never start.
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

    /// <summary>The workers that no node wants.</summary>
    public int Spare { get; }

    /// <summary>Returns the share of a node.</summary>
    public int Of(int node) => _shares[node];

    /// <summary>Returns the share of a node, including its even part of the workers that no node wants.</summary>
    public int EvenOf(int node)
    {
        var even = (Spare / _nodes.Count) + (node < Spare % _nodes.Count ? 1 : 0);
        return Math.Min(_nodes[node].Max, _shares[node] + even);
    }

    /// <summary>Returns the number of workers that a node lacks of its share.</summary>
    public int LackOf(int node) => Math.Max(0, _shares[node] - _nodes[node].Holds);

    /// <summary>
    /// Returns the number of workers that a node gives up for others. The nodes that exceed their shares the most give
    /// first.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="lack">The workers that nodes lack of their shares, less the free ones.</param>
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
    /// Returns how long the oldest waiting job of a node has waited by now. This is computed from durations, so the
    /// clocks of the nodes need not agree.
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

    /// <summary>Returns the order in which the nodes receive the workers that cannot be divided evenly.</summary>
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
