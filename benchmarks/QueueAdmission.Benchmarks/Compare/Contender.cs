using System.Diagnostics;
using QueueAdmission.Benchmarks.Questions;

namespace QueueAdmission.Benchmarks.Compare;

/// <summary>One benchmark method of a question, ready to be called.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Operations">The number of operations in one call.</param>
/// <param name="HopsThreads">Whether allocations must be counted over all threads.</param>
/// <param name="Call">
/// Runs the benchmark to its end. What it returns, if it returns <see cref="Nanoseconds"/>, counts instead of the
/// clock.
/// </param>
internal sealed record Contender(string Name, int Operations, bool HopsThreads, Func<object?> Call)
{
    private int _callsPerSlice = 1;

    /// <summary>Runs until the tiered compiler is done with it, and finds out how many calls fill a slice.</summary>
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

    /// <summary>Nanoseconds per operation over one slice.</summary>
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
    /// Bytes allocated per operation: the minimum of three slices, because other work of the process can only add.
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
