namespace QueueAdmission.Cluster;

/// <summary>Compares the store's clock with the clocks of the node at each reading.</summary>
/// <remarks>
/// <para>A node may drop the entry of another node when that entry has ended on the store's clock. If this clock has
/// jumped, the time has not really passed, and the other node may still use its lease. A node therefore trusts the
/// store's clock only for a period in which it has compared that clock with its own monotonic clock. For an older
/// entry, the node waits for the duration of a whole lease from the beginning of that period.</para>
/// <para>The store was read at some time between the request and the answer. The shorter the call, the more precisely
/// this time is known.</para>
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

    /// <summary>The store's time since which its clock has run like the clocks of this node.</summary>
    public long TrustedSince { get; private set; }

    /// <summary>How far the store's clock may have jumped without being noticed, in milliseconds.</summary>
    public long Uncertainty { get; private set; }

    /// <summary>Takes a reading into account.</summary>
    /// <param name="identity">The identity of the process that serves the store.</param>
    /// <param name="now">The current time of the store, in milliseconds.</param>
    /// <param name="sent">The time at which the call was sent.</param>
    /// <param name="received">The time at which the call was answered.</param>
    /// <param name="duration">The duration of a lease.</param>
    /// <returns>True if the store's clock has jumped since an earlier reading from the same process.</returns>
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
        // The machine was suspended, or its wall clock was set. On a single host, this may be the store's clock as
        // well.
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
