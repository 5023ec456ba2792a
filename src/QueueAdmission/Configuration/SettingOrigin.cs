namespace QueueAdmission;

/// <summary>Where the value of a setting comes from.</summary>
internal enum SettingSource
{
    /// <summary>The built-in default.</summary>
    BuiltIn,

    /// <summary><c>AddQueuedAdmission</c>.</summary>
    Code,

    /// <summary>The section's <c>Defaults</c>.</summary>
    ConfigurationDefaults,

    /// <summary>The queue's own entry under <c>Queues</c>.</summary>
    ConfigurationQueue,

    /// <summary>
    /// Code that changed the running queue with <see cref="JobQueue.Update(Action{JobQueueOptions})"/> or
    /// <see cref="JobQueueRegistry.Update(string, Action{RequestQueueOptions})"/>.
    /// </summary>
    LiveUpdate,

    /// <summary>An override by an operator.</summary>
    Override,
}

/// <summary>Where the value of a setting comes from.</summary>
/// <param name="Source">The layer.</param>
/// <param name="Path">The key in configuration, if it is configuration.</param>
internal readonly record struct SettingOrigin(SettingSource Source, string? Path = null);
