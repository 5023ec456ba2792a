namespace QueueAdmission;

/// <summary>A key next to <c>Queues</c> that a package reads by itself.</summary>
/// <param name="Key">The key, compared without case.</param>
internal sealed record AddedSectionKey(string Key);
