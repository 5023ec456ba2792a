using System.Text.Json.Serialization;

namespace QueueAdmission.Cluster;

/// <summary>Reads and writes documents without reflection.</summary>
[JsonSerializable(typeof(LeaseDocument))]
internal sealed partial class LeaseJson : JsonSerializerContext;
