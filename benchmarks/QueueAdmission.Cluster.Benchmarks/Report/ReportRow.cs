namespace QueueAdmission.Cluster.Benchmarks.Report;

/// <summary>One line of the table.</summary>
/// <param name="Case">What was measured.</param>
/// <param name="Store">The store.</param>
/// <param name="Prototype">What the design's prototype reached.</param>
/// <param name="Reach">What is to be reached.</param>
/// <param name="Measured">The figures.</param>
/// <param name="Reached">Whether they are in reach; null where there is no reach, or nothing was measured.</param>
internal sealed record ReportRow(
    string Case, string Store, string Prototype, string Reach, string Measured, bool? Reached)
{
    public override string ToString() =>
        $"| {Case} | {Store} | {Prototype} | {Reach} | {Measured} | {Reached switch { true => "yes", false => "**no**", null => "–" }} |";
}
