namespace QueueAdmission;

/// <summary>
/// The settings of code and configuration together. The object never changes; a reload makes another one.
/// </summary>
/// <param name="Queues">The settings of every queue, by name.</param>
/// <param name="Layers">The layers that those settings are the fold of, by the queue's name.</param>
/// <param name="FallbackQueue">The queue for endpoints that name none, or null.</param>
/// <param name="FallbackExemptions">The endpoints that the fallback queue leaves alone.</param>
internal sealed record ConfiguredQueues(
    IReadOnlyDictionary<string, RequestQueueOptions> Queues,
    IReadOnlyDictionary<string, SettingLayers> Layers,
    string? FallbackQueue,
    FallbackExemptions FallbackExemptions);
