namespace ClusterDemo;

/// <summary>What a node says about its queue.</summary>
/// <param name="Held">The workers that the node's lease allows it now.</param>
/// <param name="Wanted">The workers that its jobs could use: what they hold, and one for each that waits.</param>
/// <param name="Running">Jobs that run.</param>
/// <param name="Waiting">Jobs that wait.</param>
/// <param name="LongestWaitSeconds">How long the oldest of them has waited.</param>
internal sealed record NodeReport(int Held, int Wanted, int Running, int Waiting, double LongestWaitSeconds);
