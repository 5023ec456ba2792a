namespace QueueAdmission.Companions;

/// <summary>A package that adds a setting to queues. It has no access to what is internal.</summary>
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

    /// <summary>What the package does its work by: the value in force of a queue.</summary>
    public static int Of(JobQueue queue) => queue.GetSetting(Setting);
}
