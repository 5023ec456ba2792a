using System.Diagnostics;

namespace QueueAdmission.Cluster.Benchmarks.Figures;

/// <summary>The machine's monotonic clock. It is the same in all processes, network namespaces included.</summary>
internal static class Clock
{
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);
}
