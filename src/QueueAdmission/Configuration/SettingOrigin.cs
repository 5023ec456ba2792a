namespace QueueAdmission;

/// <summary>The source of a layer of settings.</summary>
internal enum SettingSource
{
    /// <summary>The built-in default.</summary>
    BuiltIn,

    /// <summary><c>AddQueuedAdmission</c>.</summary>
    Code,

    /// <summary>The section's <c>Defaults</c>.</summary>
    ConfigurationDefaults,

    /// <summary>The queue's entry under <c>Queues</c>.</summary>
    ConfigurationQueue,

    /// <summary>
    /// Code that changed the running queue with <see cref="JobQueue.Update(Action{JobQueueOptions})"/> or
    /// <see cref="JobQueueRegistry.Update(string, Action{RequestQueueOptions})"/>.
    /// </summary>
    LiveUpdate,

    /// <summary>An override by an operator.</summary>
    Override,
}

/// <summary>The origin of the value of a setting.</summary>
/// <param name="Source">The source of the layer that sets the value.</param>
/// <param name="Path">The path in configuration; null if the value does not come from configuration.</param>
internal readonly record struct SettingOrigin(SettingSource Source, string? Path = null);
