using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace QueueAdmission;

/// <summary>The body of a request that changes a setting.</summary>
internal sealed record OverrideRequest
{
    private const int DefaultMinutes = 15;

    [Description("The new value: a number for Workers, true or false for Paused and DryRun.")]
    public required JsonElement Value { get; init; }

    [Description("The duration of the change, 1 to 1,440 minutes; 15 if absent. " +
        "Then the previous value applies again.")]
    public int? Minutes { get; init; }

    /// <summary>The duration of the change.</summary>
    [JsonIgnore]
    public TimeSpan Duration => TimeSpan.FromMinutes(Minutes ?? DefaultMinutes);

    /// <summary>
    /// The value in the notation of configuration. Null if the value is neither a string nor a number nor a Boolean.
    /// </summary>
    [JsonIgnore]
    public string? ValueText => Value.ValueKind switch
    {
        JsonValueKind.String => Value.GetString(),
        JsonValueKind.Number => Value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };
}
