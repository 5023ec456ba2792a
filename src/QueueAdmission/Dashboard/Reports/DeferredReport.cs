using System.ComponentModel;
using System.Text.Json.Serialization;

namespace QueueAdmission;

/// <summary>The deferred jobs of the application.</summary>
internal sealed record DeferredReport
{
    [Description("What is wrong with the store of deferred jobs; absent if nothing is.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required DeferredOutageReport? Outage { get; init; }

    [Description("The queues that have accepted deferred jobs, as this process last saw them in the store.")]
    public required IReadOnlyList<DeferredQueueReport> Queues { get; init; }
}

/// <summary>
/// The deferred jobs of one queue. accepted = waiting + running + done + dead + cancelled + discarded.
/// </summary>
internal sealed record DeferredQueueReport
{
    [Description("The queue's name.")]
    public required string Queue { get; init; }

    [Description("Jobs that were ever accepted.")]
    public required long Accepted { get; init; }

    [Description("Jobs that wait: the backlog.")]
    public required long Waiting { get; init; }

    [Description("Jobs that run, on all nodes.")]
    public required long Running { get; init; }

    [Description("Jobs that were ever done.")]
    public required long Done { get; init; }

    [Description("Dead letters that exist: jobs that failed for good.")]
    public required long Dead { get; init; }

    [Description("Jobs that were ever cancelled.")]
    public required long Cancelled { get; init; }

    [Description("Dead letters that were ever discarded.")]
    public required long Discarded { get; init; }

    [Description("How many jobs end in a second, over all nodes; null while it is not known.")]
    public required double? RatePerSecond { get; init; }

    [Description("When the oldest waiting job was accepted, UTC; null if none waits.")]
    public required DateTimeOffset? OldestSince { get; init; }
}

/// <summary>Describes why the store of deferred jobs cannot be used.</summary>
internal sealed record DeferredOutageReport
{
    [Description("unreachable, access_denied, unusable or full.")]
    public required string Problem { get; init; }

    [Description("The message of the store, without credentials.")]
    public required string Message { get; init; }

    [Description("When the first call failed, UTC.")]
    public required DateTimeOffset Since { get; init; }
}
