namespace ClusterDemo;

/// <summary>The report of a node about its queue and about the leases of all nodes.</summary>
/// <param name="Held">The workers that the node's lease gives it now.</param>
/// <param name="Wanted">The workers that its jobs could use: those of the running jobs, and those that the waiting jobs
/// need.</param>
/// <param name="Running">Jobs that run.</param>
/// <param name="Waiting">Jobs that wait.</param>
/// <param name="LongestWaitSeconds">How long the oldest waiting job has waited.</param>
/// <param name="Leases">The leases of all nodes, as this node last saw them in the shared document.</param>
internal sealed record NodeReport(
    int Held, long Wanted, int Running, int Waiting, double LongestWaitSeconds, IReadOnlyList<LeaseView> Leases);

/// <summary>A lease in the shared document.</summary>
/// <param name="Process">The process that holds the lease. It may have ended already.</param>
/// <param name="Held">The number of workers that the process holds.</param>
internal sealed record LeaseView(int Process, int Held);
