namespace QueueAdmission.Cluster;

/// <summary>Compares the store's clock with the node's own clocks at each reading.</summary>
/// <remarks>
/// <para>An entry may be dropped when its time on the store's clock is over. If that clock jumped meanwhile, the time
/// is not really over, and the node of the entry may still use its lease. So a node trusts the store's clock only for a
/// period through which it has compared it with its own monotonic clock. For an older entry it waits a whole lease by
/// itself.</para>
/// <para>The moment of a reading lies between sending and receiving. The shorter the call, the better it is
/// known.</para>
/// </remarks>
internal sealed class StoreClockCheck
{
    private string? _identity;
    private Reading _anchor;
    private Reading _latest;

    private enum Elapsed
    {
        AsExpected,
        StoreDiffers,
        OwnClocksDiffer,
    }

    /// <summary>The time of the store from which on its clock has run like the node's own.</summary>
    public long TrustedSince { get; private set; }

    /// <summary>How much the clock may have jumped without being noticed, in milliseconds.</summary>
    public long Uncertainty { get; private set; }

    /// <summary>Takes a reading into account.</summary>
    /// <param name="identity">The serving process.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="sent">When the call was sent.</param>
    /// <param name="received">When it was answered.</param>
    /// <param name="duration">How long a lease lasts.</param>
    /// <returns>True if the store's clock jumped since an earlier reading from the same process.</returns>
    public bool Observe(string identity, long now, LocalTime sent, LocalTime received, TimeSpan duration)
    {
        var tolerance = duration / 20;
        var reading = new Reading(now, sent, received);
        var isKnown = identity == _identity;
        _identity = identity;
        var elapsed = isKnown ? Compare(_anchor, reading, tolerance) : Elapsed.OwnClocksDiffer;
        if (elapsed != Elapsed.AsExpected)
        {
            (_anchor, _latest, TrustedSince) = (reading, reading, now);
        }
        Uncertainty = (long)(_anchor.Length + reading.Length + tolerance).TotalMilliseconds;
        if (reading.Sent.Monotonic - _anchor.Sent.Monotonic > 2 * duration)
        {
            _anchor = _latest;
        }
        if (reading.Length < duration / 20)
        {
            _latest = reading;
        }
        return elapsed == Elapsed.StoreDiffers;
    }

    private static Elapsed Compare(Reading from, Reading to, TimeSpan tolerance)
    {
        var (shortest, longest) = (
            to.Sent.Monotonic - from.Received.Monotonic, to.Received.Monotonic - from.Sent.Monotonic);
        // The machine was suspended, or its wall clock was set: on one host that may be the store's clock as well.
        if ((to.Received.Wall - from.Sent.Wall - longest).Duration() > tolerance)
        {
            return Elapsed.OwnClocksDiffer;
        }
        var passed = TimeSpan.FromMilliseconds(to.Time - from.Time);
        return passed > longest + tolerance || passed < shortest - tolerance
            ? Elapsed.StoreDiffers
            : Elapsed.AsExpected;
    }

    private readonly record struct Reading(long Time, LocalTime Sent, LocalTime Received)
    {
        public TimeSpan Length => Received.Monotonic - Sent.Monotonic;
    }
}
