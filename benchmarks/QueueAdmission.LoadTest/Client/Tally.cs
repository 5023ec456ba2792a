using System.Diagnostics;
using HdrHistogram;

namespace QueueAdmission.LoadTest.Client;

/// <param name="Intended">The time at which the request was scheduled, from the start of the run.</param>
/// <param name="Outcome">How the request ended.</param>
/// <param name="Latency">The time from the scheduled time to the outcome.</param>
internal readonly record struct Request(TimeSpan Intended, Outcome Outcome, TimeSpan Latency);

internal enum Outcome
{
    Served,
    Rejected,
    GaveUp,
    Failed,
}

/// <summary>Counts the outcomes of the requests of one run. Each request has exactly one outcome.</summary>
internal sealed class Tally
{
    private readonly Lock _lock = new();
    private readonly int[] _counts = new int[Enum.GetValues<Outcome>().Length];
    private readonly LongHistogram _latency = new(TimeSpan.FromMinutes(1).Ticks, 3);
    private readonly List<Request> _log = [];

    public int Sent { get; private set; }

    public int this[Outcome outcome] => _counts[(int)outcome];

    /// <summary>All requests that have ended, with their scheduled times.</summary>
    public IReadOnlyList<Request> Log => _log;

    /// <summary>
    /// The longest delay of the client behind its own schedule. If this delay is large, the results describe the client
    /// and not the server.
    /// </summary>
    public TimeSpan Lag { get; private set; }

    public void CountSent(TimeSpan lag)
    {
        Sent++;
        Lag = lag > Lag ? lag : Lag;
    }

    public void Count(Request request)
    {
        lock (_lock)
        {
            _counts[(int)request.Outcome]++;
            _log.Add(request);
            if (request.Outcome == Outcome.Served)
                _latency.RecordValue(request.Latency.Ticks);
        }
    }

    public static Tally Sum(IEnumerable<Tally> parts)
    {
        var sum = new Tally();
        foreach (var part in parts)
        {
            foreach (var request in part._log)
            {
                sum.CountSent(part.Lag);
                sum.Count(request);
            }
        }
        return sum;
    }

    /// <summary>Returns the tally of the requests that were scheduled in the given period.</summary>
    public Tally Between(TimeSpan from, TimeSpan to)
    {
        var part = new Tally();
        foreach (var request in _log.Where(request => request.Intended >= from && request.Intended < to))
        {
            part.CountSent(Lag);
            part.Count(request);
        }
        return part;
    }

    /// <summary>
    /// Returns a percentile of the latency of served requests in milliseconds, or NaN if none was served.
    /// </summary>
    public double Percentile(double percentile) => this[Outcome.Served] == 0
        ? double.NaN
        : TimeSpan.FromTicks(_latency.GetValueAtPercentile(percentile)).TotalMilliseconds;

    public void ThrowUnlessBalanced()
    {
        var ended = _counts.Sum();
        if (ended != Sent)
            throw new UnreachableException($"{Sent} requests were sent, {ended} ended.");
    }
}
