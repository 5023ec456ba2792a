using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace QueueAdmission;

/// <summary>The body of a change.</summary>
internal sealed record OverrideRequest
{
    private const int DefaultMinutes = 15;

    [Description("The new value: a number for Workers, true or false for Paused and DryRun.")]
    public required JsonElement Value { get; init; }

    [Description("For how long, 1 to 1,440 minutes; 15 if absent. Then what configuration says holds again.")]
    public int? Minutes { get; init; }

    /// <summary>For how long.</summary>
    [JsonIgnore]
    public TimeSpan Duration => TimeSpan.FromMinutes(Minutes ?? DefaultMinutes);

    /// <summary>The value as configuration would write it; null if it is neither a text nor a number nor a truth value.</summary>
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

/// <summary>Why a change was refused, by RFC 9457.</summary>
internal sealed record SteeringProblem(string Title, int Status, string Detail);
