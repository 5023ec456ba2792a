using System.Text.Json;
using System.Text.Json.Serialization;

namespace QueueAdmission.Cluster;

/// <summary>The state that the nodes share about one queue. All times are milliseconds on the store's clock.</summary>
/// <remarks>
/// <para>A release can read every document whose <see cref="Needs"/> is at most its own <see cref="CurrentSchema"/>. It
/// keeps properties that it does not know. Two releases can therefore work side by side. A change that older releases
/// must not ignore increases <c>Needs</c>.</para>
/// <para>Only the call that has read an object changes it.</para>
/// </remarks>
internal sealed class LeaseDocument
{
    /// <summary>The schema that this release writes.</summary>
    public const int CurrentSchema = 1;

    [JsonPropertyName("schema")]
    public int Schema { get; set; } = CurrentSchema;

    /// <summary>The lowest schema that a release has to know in order to take part.</summary>
    [JsonPropertyName("needs")]
    public int Needs { get; set; } = 1;

    /// <summary>The creation id. It changes when the document is created and when learning begins.</summary>
    [JsonPropertyName("id")]
    public string Id { get; set; } = "";

    /// <summary>The number of writes since the creation or since learning began.</summary>
    [JsonPropertyName("epoch")]
    public long Epoch { get; set; }

    /// <summary>The identity of the process that served the store at the last write.</summary>
    [JsonPropertyName("by")]
    public string By { get; set; } = "";

    /// <summary>The time of the last write.</summary>
    [JsonPropertyName("last")]
    public long Last { get; set; }

    /// <summary>The time at which learning ends.</summary>
    [JsonPropertyName("learn")]
    public long LearnUntil { get; set; }

    /// <summary>The limit that applied at the last write.</summary>
    [JsonPropertyName("limit")]
    public int Limit { get; set; }

    /// <summary>The last fencing token that was issued.</summary>
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
    /// <returns>The document, or null if the text is not a valid document.</returns>
    /// <exception cref="LeaseStoreException">
    /// A newer release has written a document that this release must not change.
    /// </exception>
    public static LeaseDocument? Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            var document = JsonSerializer.Deserialize(text.Span, LeaseJson.Default.LeaseDocument);
            if (document is { Needs: > CurrentSchema })
            {
                throw new LeaseStoreException(
                    LeaseStoreProblem.Unusable,
                    $"A newer release of QueueAdmission.Cluster wrote the document (schema {document.Needs}); "
                    + $"this release knows schema {CurrentSchema}. Update this node.");
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
