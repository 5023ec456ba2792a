using System.Diagnostics;
using QueueAdmission.Benchmarks.Questions;

namespace QueueAdmission.Benchmarks.Compare;

/// <summary>One benchmark method of a question.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Operations">The number of operations in one call.</param>
/// <param name="HopsThreads">
/// Whether the benchmark may allocate on other threads, so that allocations of all threads are counted.
/// </param>
/// <param name="Call">
/// Runs the benchmark until it has completed. If the result is of type <see cref="Nanoseconds"/>, it is used instead of
/// the time of the call.
/// </param>
internal sealed record Contender(string Name, int Operations, bool HopsThreads, Func<object?> Call)
{
    private int _callsPerSlice = 1;

    /// <summary>
    /// Calls the benchmark until tiered compilation is likely to be complete, and computes the calls that fill a slice.
    /// </summary>
    public void WarmUp(TimeSpan warmUp, TimeSpan slice)
    {
        var calls = 0;
        var since = Stopwatch.GetTimestamp();
        do
        {
            Call();
            calls++;
        }
        while (Stopwatch.GetElapsedTime(since) < warmUp);
        _callsPerSlice = Math.Max(1, (int)(calls * (slice / Stopwatch.GetElapsedTime(since))));
    }

    /// <summary>Returns the nanoseconds per operation over one slice.</summary>
    public double MeasureTime()
    {
        double reported = 0;
        var since = Stopwatch.GetTimestamp();
        for (var i = 0; i < _callsPerSlice; i++)
        {
            if (Call() is Nanoseconds nanoseconds)
                reported += nanoseconds.Value;
        }
        return reported > 0
            ? reported / _callsPerSlice
            : Stopwatch.GetElapsedTime(since).TotalNanoseconds / _callsPerSlice / Operations;
    }

    /// <summary>
    /// Returns the bytes allocated per operation. This is the minimum of three slices, because other work in the
    /// process can only add to the count.
    /// </summary>
    public double MeasureBytes()
    {
        var least = double.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = Allocated();
            for (var i = 0; i < _callsPerSlice; i++)
                Call();
            least = Math.Min(least, (double)(Allocated() - before) / _callsPerSlice / Operations);
        }
        return least;
    }

    private long Allocated() =>
        HopsThreads ? GC.GetTotalAllocatedBytes(precise: true) : GC.GetAllocatedBytesForCurrentThread();
}
