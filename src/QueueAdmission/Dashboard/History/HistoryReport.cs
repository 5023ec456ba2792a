using System.ComponentModel;

namespace QueueAdmission;

/// <summary>The last minutes of all queues.</summary>
internal sealed record HistoryReport
{
    [Description("The moment of the report, UTC.")]
    public required DateTimeOffset At { get; init; }

    [Description("How many seconds are kept.")]
    public required int Kept { get; init; }

    [Description("The queues in which something happened.")]
    public required IReadOnlyList<QueueHistoryReport> Queues { get; init; }
}

/// <summary>
/// The last minutes of one queue. All lists have one entry for each second in which something happened.
/// </summary>
internal sealed record QueueHistoryReport
{
    [Description("The queue's name.")]
    public required string Queue { get; init; }

    [Description("The seconds, as Unix time. In a second that is left out, nothing happened.")]
    public required IReadOnlyList<long> Seconds { get; init; }

    [Description("Jobs that arrived in the second.")]
    public required IReadOnlyList<int> Arrived { get; init; }

    [Description("Jobs that ended in the second.")]
    public required IReadOnlyList<int> Ran { get; init; }

    [Description("Jobs whose caller left in the second.")]
    public required IReadOnlyList<int> Abandoned { get; init; }

    [Description("Jobs that were refused in the second, by reason. Reasons that did not occur are absent.")]
    public required IReadOnlyDictionary<string, IReadOnlyList<int>> Rejected { get; init; }

    [Description("Jobs that held a worker at the end of the second.")]
    public required IReadOnlyList<int> Running { get; init; }

    [Description("Jobs that waited at the end of the second.")]
    public required IReadOnlyList<int> Waiting { get; init; }

    [Description("How long the oldest waiting job had waited at the end of the second, in seconds.")]
    public required IReadOnlyList<double> LongestWaitSeconds { get; init; }
}
