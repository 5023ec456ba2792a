namespace QueueAdmission.Benchmarks;

/// <summary>No middleware at all: the handler is called directly.</summary>
public sealed class NoPeer : Peer;
