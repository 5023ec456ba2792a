namespace QueueAdmission.Cluster.Benchmarks.Figures;

/// <summary>One job. Its times are on the machine's monotonic clock, which all processes share.</summary>
/// <param name="Node">The number of the node to which the job was sent.</param>
/// <param name="Arrival">The time at which the job was due to arrive.</param>
/// <param name="Start">The time at which its work began, or <see cref="TimeSpan.MaxValue"/> if it never began.</param>
/// <param name="End">The time at which its work ended, or <see cref="TimeSpan.MaxValue"/> if it never ended.</param>
internal readonly record struct Job(int Node, TimeSpan Arrival, TimeSpan Start, TimeSpan End)
{
    public bool HasStarted => Start < TimeSpan.MaxValue;

    public bool RunsAt(TimeSpan moment) => Start <= moment && moment < End;
}
