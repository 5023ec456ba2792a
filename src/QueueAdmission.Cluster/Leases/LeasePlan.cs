namespace QueueAdmission.Cluster;

/// <summary>A write that a node wants to make, and its effects.</summary>
/// <param name="Expected">The reading from which the write was computed.</param>
/// <param name="Document">The document that the write stores.</param>
/// <param name="Write">The write.</param>
/// <param name="Granted">The number of workers that the node holds after the write.</param>
/// <param name="Cap">The number of workers on which jobs may start after the write.</param>
/// <param name="IsRemoval">Whether the write removes the node from the document.</param>
internal sealed record LeasePlan(
    LeaseStoreReading Expected, LeaseDocument Document, LeaseStoreWrite Write, int Granted, int Cap, bool IsRemoval);
