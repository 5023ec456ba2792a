namespace QueueAdmission;

/// <summary>What an operator changed, and until when.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Lever">What was changed.</param>
/// <param name="Value">What holds while the override is on.</param>
/// <param name="Beneath">What held before, or what configuration has said since: what holds again afterwards.</param>
/// <param name="By">Who did it.</param>
/// <param name="Since">When.</param>
/// <param name="Until">When it ends by itself.</param>
/// <param name="EndsAt">The same on the clock that nobody sets.</param>
internal sealed record QueueOverride(AdmissionQueue Queue, Lever Lever, string Value, string Beneath, string By, DateTimeOffset Since, DateTimeOffset Until, long EndsAt);
