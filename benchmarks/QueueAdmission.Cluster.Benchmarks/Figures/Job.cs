namespace QueueAdmission.Cluster.Benchmarks.Figures;

/// <summary>One job. Times are of the machine's monotonic clock, which all processes share.</summary>
/// <param name="Node">The number of the node that it was sent to.</param>
/// <param name="Arrival">When it was due to arrive.</param>
/// <param name="Start">When its work began; <see cref="TimeSpan.MaxValue"/> if it never did.</param>
/// <param name="End">When its work ended; <see cref="TimeSpan.MaxValue"/> if it never did.</param>
internal readonly record struct Job(int Node, TimeSpan Arrival, TimeSpan Start, TimeSpan End)
{
    public bool HasStarted => Start < TimeSpan.MaxValue;

    public bool RunsAt(TimeSpan moment) => Start <= moment && moment < End;
}
