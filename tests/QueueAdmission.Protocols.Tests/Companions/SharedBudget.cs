namespace QueueAdmission.Companions;

/// <summary>Simulates a package that adds a setting to queues. It uses only the public API.</summary>
public static class SharedBudget
{
    public static readonly QueueSetting<int> Setting = new("SharedBudget", SettingValues.WholeNumber(1, 1_000))
    {
        Default = 100,
        Description = "How many jobs all nodes together may run.",
        Unit = "jobs",
    };

    public static IQueueAdmissionBuilder AddSharedBudget(this IQueueAdmissionBuilder queues) =>
        queues.AddQueueSetting(Setting);

    /// <summary>Returns the effective value of the setting for a queue.</summary>
    public static int Of(JobQueue queue) => queue.GetSetting(Setting);
}
