using System.Text.Json;
using System.Text.Json.Serialization;

namespace QueueAdmission.Cluster;

/// <summary>What the nodes share about one queue. Times are milliseconds on the store's clock.</summary>
/// <remarks>
/// <para>A release reads every document whose <see cref="Needs"/> it knows, and keeps properties that it does not know.
/// So two releases work side by side. A change that an older release must not overlook raises <c>Needs</c>.</para>
/// <para>An object that was read is changed only by the one call that read it.</para>
/// </remarks>
internal sealed class LeaseDocument
{
    /// <summary>The schema that this release writes.</summary>
    public const int CurrentSchema = 1;

    [JsonPropertyName("schema")]
    public int Schema { get; set; } = CurrentSchema;

    /// <summary>The schema that a release has to know to take part.</summary>
    [JsonPropertyName("needs")]
    public int Needs { get; set; } = 1;

    /// <summary>The creation id. It changes when the document is created, and when learning begins.</summary>
    [JsonPropertyName("id")]
    public string Id { get; set; } = "";

    /// <summary>Counts the writes since the creation.</summary>
    [JsonPropertyName("epoch")]
    public long Epoch { get; set; }

    /// <summary>The identity of the process that served the store at the last write.</summary>
    [JsonPropertyName("by")]
    public string By { get; set; } = "";

    /// <summary>The time of the last write.</summary>
    [JsonPropertyName("last")]
    public long Last { get; set; }

    /// <summary>When learning ends.</summary>
    [JsonPropertyName("learn")]
    public long LearnUntil { get; set; }

    /// <summary>The limit that held at the last write.</summary>
    [JsonPropertyName("limit")]
    public int Limit { get; set; }

    /// <summary>The last fencing token.</summary>
    [JsonPropertyName("fence")]
    public long Fence { get; set; }

    [JsonPropertyName("nodes")]
    public List<LeaseEntry> Nodes { get; set; } = [];

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    [JsonIgnore]
    public string Version => $"{Id}.{Epoch}";

    public LeaseEntry? Find(string generation) => Nodes.Find(node => node.Generation == generation);

    /// <summary>Reads a document.</summary>
    /// <returns>The document; null if the text is none.</returns>
    /// <exception cref="LeaseStoreException">A newer release wrote it, and this one must not take part.</exception>
    public static LeaseDocument? Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            var document = JsonSerializer.Deserialize(text.Span, LeaseJson.Default.LeaseDocument);
            if (document is { Needs: > CurrentSchema })
            {
                throw new LeaseStoreException(
                    LeaseStoreProblem.Unusable,
                    $"A newer release of QueueAdmission.Cluster wrote the document (schema {document.Needs}); this one knows schema {CurrentSchema}. Update this node.");
            }
            return document is { Id: not null, By: not null, Nodes: not null }
                && document.Nodes.TrueForAll(node => node is { Id: not null, Generation: not null }) ? document : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, LeaseJson.Default.LeaseDocument);
}
