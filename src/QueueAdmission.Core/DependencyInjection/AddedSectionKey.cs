namespace QueueAdmission;

/// <summary>A configuration key beside <c>Queues</c> that a package reads.</summary>
/// <param name="Key">The key. Comparison ignores case.</param>
internal sealed record AddedSectionKey(string Key);
