namespace QueueAdmission;

/// <summary>A temporary change by an operator.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Target">What was changed.</param>
/// <param name="Value">The value that applies while the override lasts.</param>
/// <param name="Underlying">The value that applies again afterwards.</param>
/// <param name="By">The operator.</param>
/// <param name="Since">When the override was set.</param>
/// <param name="Until">When the override ends automatically.</param>
/// <param name="EndsAt">The same end as a timestamp of the monotonic clock.</param>
internal sealed record QueueOverride(
    RequestQueue Queue,
    OverrideTarget Target,
    string Value,
    string Underlying,
    string By,
    DateTimeOffset Since,
    DateTimeOffset Until,
    long EndsAt);
