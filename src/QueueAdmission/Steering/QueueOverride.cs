namespace QueueAdmission;

/// <summary>A temporary change by an operator.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Target">What was changed.</param>
/// <param name="Value">The value that holds while the override lasts.</param>
/// <param name="Underlying">The value that holds again afterwards.</param>
/// <param name="By">The operator.</param>
/// <param name="Since">When it was set.</param>
/// <param name="Until">When it ends by itself.</param>
/// <param name="EndsAt">The same time on the monotonic clock.</param>
internal sealed record QueueOverride(
    RequestQueue Queue,
    OverrideTarget Target,
    string Value,
    string Underlying,
    string By,
    DateTimeOffset Since,
    DateTimeOffset Until,
    long EndsAt);
