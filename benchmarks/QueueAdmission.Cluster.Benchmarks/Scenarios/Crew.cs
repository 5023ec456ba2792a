using QueueAdmission.Cluster.Benchmarks.Figures;
using QueueAdmission.Cluster.Benchmarks.Nodes;

namespace QueueAdmission.Cluster.Benchmarks.Scenarios;

/// <summary>The nodes of one question.</summary>
internal sealed class Crew : IDisposable
{
    private readonly string _folder;
    private readonly List<Node> _nodes = [];

    public Crew(Setup setup, NodeSettings settings, int nodes)
    {
        (Settings, _folder) = (settings, setup.NewFolder());
        for (var i = 0; i < nodes; i++)
            Add().Join();
    }

    public NodeSettings Settings { get; }

    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The jobs of all nodes, including nodes that have ended.</summary>
    public Sweep Sweep => new([.. _nodes.SelectMany(node => node.Jobs)]);

    public Node this[int node] => _nodes[node];

    /// <summary>Starts the process of an additional node. The node has not joined the cluster yet.</summary>
    public Node Add(NodeSettings? settings = null, params string[] prefix)
    {
        var node = new Node(_nodes.Count, _folder, settings ?? Settings, prefix);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Loads the nodes evenly with the given fraction of the workers' capacity.</summary>
    public void Load(double part, TimeSpan work, int nodes, int? of = null)
    {
        foreach (var node in _nodes.Take(nodes))
            node.Load(RatePerNode(part, work, of ?? nodes), work);
    }

    public double RatePerNode(double part, TimeSpan work, int nodes) =>
        part * Settings.Workers / work.TotalSeconds / nodes;

    public int LeasesLost(TimeSpan from, params int[] nodes) =>
        (nodes.Length == 0 ? _nodes : nodes.Select(node => _nodes[node])).Sum(node => node.Count("LeaseLost", from));

    public void Dispose()
    {
        foreach (var node in _nodes)
            node.Dispose();
    }
}
