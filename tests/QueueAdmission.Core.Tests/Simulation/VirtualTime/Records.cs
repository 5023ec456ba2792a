namespace QueueAdmission.Simulation.VirtualTime;

/// <summary>
/// Records everything that happens in a world, in order, and computes the figures for the claims of the tests.
/// </summary>
internal sealed class Records
{
    private readonly List<Visit> _visits = [];

    public IReadOnlyList<Visit> Visits => _visits;

    /// <summary>A hash of all visits (FNV-1a), which differs if any detail differs.</summary>
    public ulong Trace { get; private set; } = 14_695_981_039_346_656_037;

    public void Add(Visit visit)
    {
        _visits.Add(visit);
        Mix(visit.Arrived);
        Mix(visit.Started);
        Mix(visit.Ended);
        Mix((long)visit.Ending << 8 | (long)visit.Reason);
        Mix(visit.RetryAfter.Ticks);
    }

    public IEnumerable<Visit> Of(string group) => _visits.Where(visit => visit.Client.Group == group);

    /// <summary>
    /// Returns the number of useful answers as a fraction of the jobs that the workers could have finished in that
    /// time.
    /// </summary>
    public double Goodput(double capacityPerSecond, TimeSpan from, TimeSpan to) =>
        _visits.Count(visit => visit.Succeeded && IsWithin(visit.Ended, from, to)) / (
            capacityPerSecond * (to - from).TotalSeconds);

    /// <summary>
    /// Returns how many jobs <paramref name="workers"/> workers can finish per second, given the mean duration of the
    /// jobs.
    /// </summary>
    public double Capacity(int workers)
    {
        var mean = _visits
            .Where(visit => visit.Ending == Ending.Served)
            .Average(visit => visit.Ended - visit.Started);
        return workers / TimeSpan.FromTicks((long)mean).TotalSeconds;
    }

    /// <summary>
    /// Returns a group's share of the time in which requests ran. A request with several workers counts once for each.
    /// </summary>
    public double ShareOfTime(string group, TimeSpan from, TimeSpan to)
    {
        double own = 0, all = 0;
        foreach (var visit in _visits.Where(visit => visit.Ending == Ending.Served))
        {
            var time = Math.Max(0, Math.Min(visit.Ended, to.Ticks) - Math.Max(visit.Started, from.Ticks))
                * (double)visit.Client.Traits.Weight;
            all += time;
            own += visit.Client.Group == group ? time : 0;
        }
        return own / all;
    }

    /// <summary>Returns the fraction of a group's requests that succeeded.</summary>
    public double SuccessRatio(string group) => Of(group).Average(visit => visit.Succeeded ? 1.0 : 0.0);

    /// <summary>Returns the fraction of all requests that were refused for the given reason.</summary>
    public double Share(RejectionReason reason) =>
        _visits.Average(visit => visit.Ending == Ending.Rejected && visit.Reason == reason ? 1.0 : 0.0);

    /// <summary>Returns a percentile of the waits of the requests that were served.</summary>
    public TimeSpan WaitOfAdmitted(double percentile, TimeSpan from, TimeSpan to)
    {
        var waits = _visits.Where(visit => visit.Ending == Ending.Served && IsWithin(visit.Arrived, from, to))
            .Select(visit => visit.Waited).Order().ToArray();
        return waits[(int)Math.Min(waits.Length - 1, percentile / 100 * waits.Length)];
    }

    /// <summary>
    /// Returns the time from the given moment to the last failure. A failure is a refusal, or the end of a client's
    /// patience.
    /// </summary>
    public TimeSpan LastFailureAfter(TimeSpan moment) => new(_visits
        .Where(visit => !visit.Succeeded)
        .Max(visit => Math.Max(0, Math.Min(visit.Ended, visit.Arrived + visit.Client.Patience.Ticks) - moment.Ticks)));

    /// <summary>
    /// Returns the fraction of the workers' time that was spent on answers for clients that had left.
    /// </summary>
    public double WastedWork()
    {
        var served = _visits.Where(visit => visit.Ending == Ending.Served).ToList();
        return (double)served.Where(visit => visit.IsWasted).Sum(visit => visit.Ended - visit.Started) / served.Sum(
            visit => visit.Ended - visit.Started);
    }

    /// <summary>Returns Jain's fairness index: 1 if all shares are equal, 1 ÷ n if one of n gets everything.</summary>
    public static double JainIndex(IReadOnlyCollection<double> shares) =>
        shares.Sum() * shares.Sum() / (shares.Count * shares.Sum(share => share * share));

    private static bool IsWithin(long moment, TimeSpan from, TimeSpan to) => moment >= from.Ticks && moment < to.Ticks;

    private void Mix(long value)
    {
        unchecked
        {
            for (var shift = 0; shift < 64; shift += 8)
                Trace = (Trace ^ (byte)(value >> shift)) * 1_099_511_628_211;
        }
    }
}
