using System.ComponentModel;
using System.Text.Json.Serialization;

namespace QueueAdmission;

/// <summary>All queues of this process.</summary>
internal sealed record QueuesReport
{
    [Description("The process that answers. All figures are those of this process. " +
        "Other instances of the application have separate figures.")]
    public required InstanceReport Instance { get; init; }

    [Description("The moment of the report, UTC.")]
    public required DateTimeOffset At { get; init; }

    [Description("Whether queues can be steered here, and whether the user of this request may do so.")]
    public required SteeringReport Steering { get; init; }

    [Description("The result of the last reload of the configuration; absent before the first reload.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReloadReport? LastReload { get; init; }

    [Description("What is wrong with the store of the cluster; absent if nothing is, or there is no cluster.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClusterOutageReport? ClusterOutage { get; init; }

    [Description("The deferred jobs; absent if no job was ever deferred and the store has no fault.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DeferredReport? Deferred { get; init; }

    [Description("The queue named default comes first, then the queues of code, then those of configuration.")]
    public required IReadOnlyList<QueueStatus> Queues { get; init; }
}

/// <summary>One process of the application.</summary>
internal sealed record InstanceReport
{
    [Description("The machine's name; in a container its host name.")]
    public required string Machine { get; init; }

    [Description("The process's id on that machine.")]
    public required int ProcessId { get; init; }

    [Description("When the process started, UTC. Totals count from that time.")]
    public required DateTimeOffset StartedAt { get; init; }
}

/// <summary>Whether steering is possible.</summary>
internal sealed record SteeringReport
{
    [Description("Whether a policy for steering was named.")]
    public required bool Enabled { get; init; }

    [Description("Whether the user of this request satisfies the policy.")]
    public required bool Allowed { get; init; }
}

/// <summary>The result of a reload.</summary>
internal sealed record ReloadReport
{
    [Description("When the reload took place, UTC.")]
    public required DateTimeOffset At { get; init; }

    [Description("False if the new configuration is wrong. Then the previous settings stay in force, " +
        "and the log contains the errors.")]
    public required bool Succeeded { get; init; }
}
