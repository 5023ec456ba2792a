namespace ClusterDemo;

/// <summary>What a node says about its queue and about the leases of all nodes.</summary>
/// <param name="Held">The workers that the node's lease gives it now.</param>
/// <param name="Wanted">The workers that its jobs could use: what they hold, and one for each that waits.</param>
/// <param name="Running">Jobs that run.</param>
/// <param name="Waiting">Jobs that wait.</param>
/// <param name="LongestWaitSeconds">How long the oldest of them has waited.</param>
/// <param name="Leases">What all nodes hold, as this node last saw it in the shared document.</param>
internal sealed record NodeReport(
    int Held, long Wanted, int Running, int Waiting, double LongestWaitSeconds, IReadOnlyList<LeaseView> Leases);

/// <summary>A lease in the shared document.</summary>
/// <param name="Process">The process that holds it; it may be dead.</param>
/// <param name="Held">The workers that it holds.</param>
internal sealed record LeaseView(int Process, int Held);
