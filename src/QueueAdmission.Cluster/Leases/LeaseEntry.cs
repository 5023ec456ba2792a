using System.Text.Json;
using System.Text.Json.Serialization;

namespace QueueAdmission.Cluster;

/// <summary>One node in a <see cref="LeaseDocument"/>.</summary>
internal sealed class LeaseEntry
{
    /// <summary>What operators know the node by.</summary>
    [JsonPropertyName("node")]
    public string Id { get; set; } = "";

    /// <summary>Identifies the entry. It differs for each start of a process.</summary>
    [JsonPropertyName("gen")]
    public string Generation { get; set; } = "";

    [JsonPropertyName("holds")]
    public int Holds { get; set; }

    [JsonPropertyName("wants")]
    public int Wants { get; set; }

    /// <summary>How long its oldest waiter had waited at the write, in milliseconds.</summary>
    [JsonPropertyName("wait")]
    public long Wait { get; set; }

    /// <summary>The workers that its heaviest waiter needs.</summary>
    [JsonPropertyName("heavy")]
    public int Heaviest { get; set; }

    /// <summary>The end of the lease.</summary>
    [JsonPropertyName("until")]
    public long Until { get; set; }

    /// <summary>The time of the node's last write.</summary>
    [JsonPropertyName("at")]
    public long At { get; set; }

    /// <summary>Since when the node holds the last of its workers.</summary>
    [JsonPropertyName("since")]
    public long Since { get; set; }

    [JsonPropertyName("seq")]
    public long Sequence { get; set; }

    /// <summary>The limit in its settings.</summary>
    [JsonPropertyName("limit")]
    public int Limit { get; set; }

    /// <summary>The workers that it may use at most.</summary>
    [JsonPropertyName("max")]
    public int Max { get; set; }

    /// <summary>How long its leases last, in milliseconds.</summary>
    [JsonPropertyName("lease")]
    public long Duration { get; set; }

    /// <summary>The version of its settings.</summary>
    [JsonPropertyName("set")]
    public string? Settings { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
