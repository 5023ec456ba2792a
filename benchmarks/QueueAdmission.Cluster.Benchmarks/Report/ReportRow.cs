namespace QueueAdmission.Cluster.Benchmarks.Report;

/// <summary>One row of the table.</summary>
/// <param name="Case">What was measured.</param>
/// <param name="Store">The name of the store.</param>
/// <param name="Prototype">The figures of the design's prototype.</param>
/// <param name="Reach">The target.</param>
/// <param name="Measured">The measured figures.</param>
/// <param name="Reached">
/// Whether the target was reached. Null if there is no target, or if nothing was measured.
/// </param>
internal sealed record ReportRow(
    string Case, string Store, string Prototype, string Reach, string Measured, bool? Reached)
{
    public override string ToString() =>
        $"| {Case} | {Store} | {Prototype} | {Reach} | {Measured} "
        + $"| {Reached switch { true => "yes", false => "**no**", null => "–" }} |";
}
