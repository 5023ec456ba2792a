namespace QueueAdmission;

/// <summary>Reads settings that packages add to queues.</summary>
public static class JobQueueSettingExtensions
{
    /// <summary>The value of a setting that is in force now. The read takes no lock.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="setting">The setting.</param>
    /// <typeparam name="T">The type of its values.</typeparam>
    /// <returns>The value; the default of the setting if it was not given.</returns>
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
