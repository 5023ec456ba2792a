namespace QueueAdmission.Benchmarks;

/// <summary>No middleware: the pipeline consists of the handler.</summary>
public sealed class NoPeer : Peer;
