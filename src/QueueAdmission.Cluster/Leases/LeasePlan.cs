namespace QueueAdmission.Cluster;

/// <summary>A write that a node wants to make, and its effects.</summary>
/// <param name="Expected">The reading that it was computed from.</param>
/// <param name="Document">The document.</param>
/// <param name="Write">The write.</param>
/// <param name="Granted">The workers that the node holds after the write.</param>
/// <param name="Cap">The workers that its jobs may start on after the write.</param>
/// <param name="IsRemoval">Whether the write removes the node from the document.</param>
internal sealed record LeasePlan(
    LeaseStoreReading Expected, LeaseDocument Document, LeaseStoreWrite Write, int Granted, int Cap, bool IsRemoval);
