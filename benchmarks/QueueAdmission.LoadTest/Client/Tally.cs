using System.Diagnostics;
using HdrHistogram;

namespace QueueAdmission.LoadTest.Client;

internal enum Outcome
{
    Served,
    Rejected,
    GaveUp,
    Failed,
}

/// <summary>What became of the requests of one run. Each ends in one outcome, and is counted where it ends.</summary>
internal sealed class Tally
{
    private readonly Lock _lock = new();
    private readonly int[] _counts = new int[Enum.GetValues<Outcome>().Length];
    private readonly LongHistogram _latency = new(TimeSpan.FromMinutes(1).Ticks, 3);
    private readonly List<(TimeSpan Intended, Outcome Outcome)> _log = [];

    public int Sent { get; private set; }

    public int this[Outcome outcome] => _counts[(int)outcome];

    /// <summary>Every request by the moment at which it was to be sent.</summary>
    public IReadOnlyList<(TimeSpan Intended, Outcome Outcome)> Log => _log;

    /// <summary>How far behind its own schedule the client fell at worst: if that is not small, the client was measured and not the server.</summary>
    public TimeSpan Lag { get; private set; }

    public void CountSent(TimeSpan lag)
    {
        Sent++;
        Lag = lag > Lag ? lag : Lag;
    }

    /// <param name="outcome">How the request ended.</param>
    /// <param name="intended">When it was to be sent.</param>
    /// <param name="latency">How long it took from that moment on.</param>
    public void Count(Outcome outcome, TimeSpan intended, TimeSpan latency)
    {
        lock (_lock)
        {
            _counts[(int)outcome]++;
            _log.Add((intended, outcome));
            if (outcome == Outcome.Served)
                _latency.RecordValue(latency.Ticks);
        }
    }

    /// <summary>The latency of those who were served, in milliseconds.</summary>
    public double Percentile(double percentile) => TimeSpan.FromTicks(_latency.GetValueAtPercentile(percentile)).TotalMilliseconds;

    public void ThrowUnlessBalanced()
    {
        var ended = _counts.Sum();
        if (ended != Sent)
            throw new UnreachableException($"{Sent} requests were sent, {ended} ended.");
    }
}
