using System.Diagnostics;
using HdrHistogram;

namespace QueueAdmission.LoadTest.Client;

/// <param name="Intended">The moment at which it was to be sent.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Latency">The time from that moment to the outcome.</param>
internal readonly record struct Request(TimeSpan Intended, Outcome Outcome, TimeSpan Latency);

internal enum Outcome
{
    Served,
    Rejected,
    GaveUp,
    Failed,
}

/// <summary>The outcomes of the requests of one run. Each request has one outcome, and is counted there.</summary>
internal sealed class Tally
{
    private readonly Lock _lock = new();
    private readonly int[] _counts = new int[Enum.GetValues<Outcome>().Length];
    private readonly LongHistogram _latency = new(TimeSpan.FromMinutes(1).Ticks, 3);
    private readonly List<Request> _log = [];

    public int Sent { get; private set; }

    public int this[Outcome outcome] => _counts[(int)outcome];

    /// <summary>Every request by the moment at which it was to be sent.</summary>
    public IReadOnlyList<Request> Log => _log;

    /// <summary>
    /// The longest delay of the client against its own schedule. If it is not small, the client was measured and not
    /// the server.
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

    /// <summary>Only the requests that were to be sent in this period.</summary>
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

    /// <summary>The latency of the served requests, in milliseconds; NaN if none was served.</summary>
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
