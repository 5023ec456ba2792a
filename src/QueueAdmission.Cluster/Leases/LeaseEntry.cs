using System.Text.Json;
using System.Text.Json.Serialization;

namespace QueueAdmission.Cluster;

/// <summary>One node in a <see cref="LeaseDocument"/>.</summary>
internal sealed class LeaseEntry
{
    /// <summary>The name of the node that operators see.</summary>
    [JsonPropertyName("node")]
    public string Id { get; set; } = "";

    /// <summary>Identifies the entry. It differs for each start of a process.</summary>
    [JsonPropertyName("gen")]
    public string Generation { get; set; } = "";

    [JsonPropertyName("holds")]
    public int Holds { get; set; }

    [JsonPropertyName("wants")]
    public int Wants { get; set; }

    /// <summary>
    /// How long the oldest waiting job of the node had waited at the last write, in milliseconds. 0 if no job waited,
    /// or if the node got all workers that it wanted.
    /// </summary>
    [JsonPropertyName("wait")]
    public long Wait { get; set; }

    /// <summary>The number of workers that the heaviest waiting job of the node needs.</summary>
    [JsonPropertyName("heavy")]
    public int Heaviest { get; set; }

    /// <summary>The end of the lease.</summary>
    [JsonPropertyName("until")]
    public long Until { get; set; }

    /// <summary>The time of the node's last write.</summary>
    [JsonPropertyName("at")]
    public long At { get; set; }

    /// <summary>The time at which <see cref="Holds"/> last increased, or at which learning began.</summary>
    [JsonPropertyName("since")]
    public long Since { get; set; }

    [JsonPropertyName("seq")]
    public long Sequence { get; set; }

    /// <summary>The limit in the settings of the node.</summary>
    [JsonPropertyName("limit")]
    public int Limit { get; set; }

    /// <summary>The maximum number of workers that the node may use.</summary>
    [JsonPropertyName("max")]
    public int Max { get; set; }

    /// <summary>The duration of the node's leases, in milliseconds.</summary>
    [JsonPropertyName("lease")]
    public long Duration { get; set; }

    /// <summary>The version of the node's settings, to detect differences between nodes.</summary>
    [JsonPropertyName("set")]
    public string? Settings { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
