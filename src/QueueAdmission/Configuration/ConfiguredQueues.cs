namespace QueueAdmission;

/// <summary>
/// The settings of code and configuration together. The object is immutable: each reload creates a new one.
/// </summary>
/// <param name="Queues">The settings of every queue, by name.</param>
/// <param name="Layers">The layers of every queue, by name. Their fold is the value in <c>Queues</c>.</param>
/// <param name="FallbackQueue">The name of the queue for endpoints that name no queue, or null.</param>
/// <param name="FallbackExemptions">The endpoints that the fallback queue does not take.</param>
internal sealed record ConfiguredQueues(
    IReadOnlyDictionary<string, RequestQueueOptions> Queues,
    IReadOnlyDictionary<string, SettingLayers> Layers,
    string? FallbackQueue,
    FallbackExemptions FallbackExemptions);
