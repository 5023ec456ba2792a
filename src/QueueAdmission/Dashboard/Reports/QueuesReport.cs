using System.ComponentModel;
using System.Text.Json.Serialization;

namespace QueueAdmission;

/// <summary>All queues of this process.</summary>
internal sealed record QueuesReport
{
    [Description("The process that answers. All figures are its own; other instances of the application have their own.")]
    public required InstanceReport Instance { get; init; }

    [Description("The moment of the report, UTC.")]
    public required DateTimeOffset At { get; init; }

    [Description("Whether queues may be steered here, and by whoever asked.")]
    public required SteeringReport Steering { get; init; }

    [Description("How the last reload of the configuration went; absent before the first.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReloadReport? LastReload { get; init; }

    [Description("First the queue default, then those that code added, then those of configuration.")]
    public required IReadOnlyList<QueueStatus> Queues { get; init; }
}

/// <summary>One process of the application.</summary>
internal sealed record InstanceReport
{
    [Description("The machine's name; in a container its host name.")]
    public required string Machine { get; init; }

    [Description("The process's id on that machine.")]
    public required int ProcessId { get; init; }

    [Description("When the process started, UTC. Totals count from then.")]
    public required DateTimeOffset StartedAt { get; init; }
}

/// <summary>What steering is possible.</summary>
internal sealed record SteeringReport
{
    [Description("Whether a policy for steering was named.")]
    public required bool Enabled { get; init; }

    [Description("Whether whoever asked satisfies it.")]
    public required bool Allowed { get; init; }
}

/// <summary>How a reload went.</summary>
internal sealed record ReloadReport
{
    [Description("When, UTC.")]
    public required DateTimeOffset At { get; init; }

    [Description("False: the new configuration is wrong, and the settings from before are in force. The log says what is wrong.")]
    public required bool Succeeded { get; init; }
}
