namespace QueueAdmission;

/// <summary>Who says what a setting is, from the weakest to the strongest.</summary>
internal enum SettingSource
{
    /// <summary>Nobody: the built-in default.</summary>
    BuiltIn,

    /// <summary><c>AddQueuedAdmission</c>.</summary>
    Code,

    /// <summary>The section's <c>Defaults</c>.</summary>
    ConfigurationDefaults,

    /// <summary>The queue's own entry under <c>Queues</c>.</summary>
    ConfigurationQueue,

    /// <summary>Code that changed the running queue with <see cref="JobQueue.Update(Action{JobQueueOptions})"/>.</summary>
    LiveUpdate,

    /// <summary>An operator, for a while.</summary>
    Override,
}

/// <summary>Where the value of a setting comes from.</summary>
/// <param name="Source">Who says so.</param>
/// <param name="Path">The key in configuration, if it is configuration.</param>
internal readonly record struct SettingOrigin(SettingSource Source, string? Path = null);
