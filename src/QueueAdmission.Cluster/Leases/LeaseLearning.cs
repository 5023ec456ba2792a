using System.Globalization;

namespace QueueAdmission.Cluster;

/// <summary>
/// Decides whether the document can be trusted. If not, learning begins: a period in which the nodes report what they
/// hold.
/// </summary>
/// <remarks>
/// During learning, every node gets exactly the workers that it claims. Learning lasts as long as the longest lease. At
/// its end, every earlier lease has therefore been claimed or has ended.
/// </remarks>
internal sealed class LeaseLearning(Random random, LeaseRules rules)
{
    private readonly StoreClockCheck _check = new();
    private bool _hasJumped;

    /// <summary>
    /// The reason for learning if this node began it at the last reading. Otherwise <see cref="LearningReason.None"/>.
    /// </summary>
    public LearningReason Began { get; private set; }

    /// <summary>Compares the store's clock with the clocks of the node.</summary>
    /// <param name="identity">The identity of the process that serves the store.</param>
    /// <param name="now">The current time of the store, in milliseconds.</param>
    /// <param name="sent">The time at which the reading was requested.</param>
    /// <param name="received">The time at which the reading was answered.</param>
    /// <param name="duration">The duration of a lease.</param>
    public void ObserveClock(string identity, long now, LocalTime sent, LocalTime received, TimeSpan duration) =>
        _hasJumped = _check.Observe(identity, now, sent, received, duration);

    /// <summary>Checks the document of the reading that was last passed to <see cref="ObserveClock"/>.</summary>
    /// <param name="document">The document, or null if there is none.</param>
    /// <param name="seen">The document that this node has seen before, or null if there is none.</param>
    /// <param name="identity">The identity of the process that serves the store.</param>
    /// <param name="now">The current time of the store, in milliseconds.</param>
    /// <param name="received">The time at which the reading was answered.</param>
    /// <param name="duration">The duration of a lease.</param>
    /// <returns>The document to continue with.</returns>
    public LeaseDocument Check(
        LeaseDocument? document, LeaseDocument? seen, string identity, long now, LocalTime received, TimeSpan duration)
    {
        Began = FindReason(document, seen, identity, now, duration);
        return Began == LearningReason.None ? document! : Begin(document, now, received, duration);
    }

    /// <summary>Returns true if the lease of another node has certainly ended.</summary>
    public bool MayDrop(LeaseEntry node, long now)
    {
        if (!rules.HasFlag(LeaseRules.LearnOnClockJump) || !rules.HasFlag(LeaseRules.LearnOnFailover))
            return now >= node.Until;
        var unseenJump = Math.Max(0, _check.Uncertainty - (node.Duration / 10));
        return now >= node.Until + unseenJump
            && (_check.TrustedSince <= node.At || now >= _check.TrustedSince + node.Duration + unseenJump);
    }

    private LearningReason FindReason(
        LeaseDocument? document, LeaseDocument? seen, string identity, long now, TimeSpan lease)
    {
        if (document is null)
            return LearningReason.Absent;
        if (document.By != identity && rules.HasFlag(LeaseRules.LearnOnFailover))
            return LearningReason.Failover;
        if (seen is not null && seen.Id == document.Id && seen.Epoch > document.Epoch
            && rules.HasFlag(LeaseRules.LearnOnFailover))
            return LearningReason.Rollback;
        if (!rules.HasFlag(LeaseRules.LearnOnClockJump))
            return LearningReason.None;
        var duration = (long)lease.TotalMilliseconds;
        if (_hasJumped || now < document.Last - (duration / 20))
            return LearningReason.ClockJump;
        // If this node has observed the whole gap with its own clock, the time has really passed.
        return now - document.Last > duration / 2 && _check.TrustedSince > document.Last
            && document.Nodes.Exists(node => node.Until > document.Last)
            ? LearningReason.Gap
            : LearningReason.None;
    }

    private LeaseDocument Begin(LeaseDocument? document, long now, LocalTime received, TimeSpan duration)
    {
        // Every token of the lost document is below the wall clock in milliseconds, unless more than 1,000 tokens a
        // second were issued.
        document ??= new LeaseDocument { Fence = (long)received.Wall.TotalMilliseconds };
        document.Id = random.NextInt64().ToString("x16", CultureInfo.InvariantCulture);
        document.Epoch = 0;
        var longest = Math.Max(
            (long)duration.TotalMilliseconds, document.Nodes.Select(node => node.Duration).DefaultIfEmpty().Max());
        document.LearnUntil = Began == LearningReason.Absent && !rules.HasFlag(LeaseRules.LearnWhenAbsent)
            ? now
            : now + longest;
        foreach (var node in document.Nodes)
        {
            (node.Until, node.At, node.Since) = (document.LearnUntil, now, now);
        }
        return document;
    }
}
