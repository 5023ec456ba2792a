namespace QueueAdmission;

/// <summary>Reads settings that packages add to queues.</summary>
public static class JobQueueSettingExtensions
{
    /// <summary>Returns the value of a setting that is in force now. The method takes no lock.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="setting">The setting.</param>
    /// <typeparam name="T">The type of the setting's values.</typeparam>
    /// <returns>The value, or the default of the setting if no value was set.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="queue"/> or <paramref name="setting"/> is null.
    /// </exception>
    public static T GetSetting<T>(this JobQueue queue, QueueSetting<T> setting)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(setting);
        return setting.InForce(queue.Settings);
    }
}
