using System.Diagnostics;

namespace QueueAdmission.Cluster.Benchmarks.Figures;

/// <summary>
/// The machine's monotonic clock. All processes share it, including those in other network namespaces.
/// </summary>
internal static class Clock
{
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);
}
