using System.Globalization;

namespace QueueAdmission;

/// <summary>The number of jobs that a queue had refused up to one moment, by reason.</summary>
internal readonly struct RefusalCount
{
    private readonly IReadOnlyDictionary<RejectionReason, long> _byReason;

    private RefusalCount(IReadOnlyDictionary<RejectionReason, long> byReason) => _byReason = byReason;

    public long Total => _byReason.Values.Sum();

    public static RefusalCount Of(JobQueueSnapshot snapshot) => new(snapshot.RejectedByReason);

    public RefusalCount Since(RefusalCount before) => new(_byReason.ToDictionary(
        pair => pair.Key,
        pair => pair.Value - before._byReason.GetValueOrDefault(pair.Key)));

    /// <summary>
    /// Returns a text such as <c>queue_full 12, wait_timeout 3</c>. Reasons that did not occur are left out.
    /// </summary>
    public string Show() => string.Join(", ", _byReason
        .Where(pair => pair.Value > 0)
        .OrderByDescending(pair => pair.Value)
        .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key.ToWireName()} {pair.Value}")));
}
