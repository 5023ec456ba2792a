namespace QueueAdmission.Cluster;

/// <summary>What a node writes, and what holds when it is written.</summary>
/// <param name="Expected">The reading that it was computed from.</param>
/// <param name="Document">The document.</param>
/// <param name="Write">The write.</param>
/// <param name="Granted">What the node holds then.</param>
/// <param name="Cap">The workers that its jobs may start on then.</param>
/// <param name="IsRemoval">Whether the node is gone from the document then.</param>
internal sealed record LeasePlan(
    LeaseStoreReading Expected, LeaseDocument Document, LeaseStoreWrite Write, int Granted, int Cap, bool IsRemoval);
