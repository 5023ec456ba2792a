namespace QueueAdmission;

/// <summary>
/// The settings that the queues of one application have: the built-in ones, and those that packages add.
/// </summary>
internal sealed class SettingTable
{
    private SettingTable(IEnumerable<QueueSetting> all)
    {
        // Values that follow from others come last, so that they are written last.
        All = [.. all.OrderBy(setting => !setting.IsConfigurable)];
        Configurable = [.. All.Where(setting => setting.IsConfigurable)];
        Keys = [.. Configurable.Select(setting => setting.Key)];
    }

    /// <summary>The keys next to <c>Queues</c> that packages read by themselves.</summary>
    public IReadOnlyList<string> SectionKeys { get; private init; } = [];

    /// <summary>The built-in settings.</summary>
    public static SettingTable BuiltIn { get; } = new([.. JobQueueSettings.All, .. RequestQueueSettings.All]);

    /// <summary>Every setting, also those that have no key in configuration.</summary>
    public IReadOnlyList<QueueSetting> All { get; }

    /// <summary>The settings that have a key in configuration.</summary>
    public IReadOnlyList<QueueSetting> Configurable { get; }

    /// <summary>The keys in configuration.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>The table with the settings that packages add.</summary>
    /// <param name="added">The settings.</param>
    /// <param name="sections">The keys next to <c>Queues</c> that packages read by themselves.</param>
    /// <exception cref="InvalidOperationException">A key is that of another setting.</exception>
    public SettingTable With(IEnumerable<QueueSetting> added, IEnumerable<AddedSectionKey>? sections = null)
    {
        var settings = added.Distinct().ToList();
        var keys = sections?.Select(section => section.Key).Distinct(StringComparer.OrdinalIgnoreCase).ToList() ?? [];
        if (settings.Count == 0 && keys.Count == 0)
            return this;
        var clash = All.Concat(settings).GroupBy(setting => setting.Key, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(group => group.Count() > 1);
        return clash is null
            ? new SettingTable([.. All, .. settings]) { SectionKeys = keys }
            : throw new InvalidOperationException(
                $"Two settings of queues have the key {clash.Key}; rename the one that AddQueueSetting adds.");
    }

    /// <summary>Whether there is an object of that name with settings, compared without case.</summary>
    public bool HasObject(string name) =>
        Keys.Any(key => key.StartsWith(name + QueueSetting.KeyDivider, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The keys in one object of a queue. For the queue itself, the keys outside of such objects, and the names of the
    /// objects.
    /// </summary>
    /// <param name="prefix">The name of the object and the divider; empty for the queue itself.</param>
    public IReadOnlyList<string> KeysBelow(string prefix) =>
    [
        .. Keys
            .Where(key => key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .Select(key => key[prefix.Length..].Split(QueueSetting.KeyDivider)[0])
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>The setting of that key, compared without case; null if there is none.</summary>
    public QueueSetting? Find(string key) =>
        Configurable.FirstOrDefault(setting => setting.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    /// <summary>The settings whose values differ between the two.</summary>
    public IEnumerable<QueueSetting> FindChanged(JobQueueOptions before, JobQueueOptions after) =>
        AllOf(before, after).Where(setting => !setting.IsSame(before, after));

    /// <summary>
    /// The settings that differ, as <c>Workers 8 → 4, MaxWait 00:00:10 → infinite</c>; empty if none does.
    /// </summary>
    public string DescribeChanges(JobQueueOptions before, JobQueueOptions after) => string.Join(", ", Configurable
        .Select(setting => (setting.Key, Before: setting.Show(before), After: setting.Show(after)))
        .Where(setting => setting.Before != setting.After)
        .Select(setting => $"{setting.Key} {setting.Before} → {setting.After}"));

    /// <summary>Copies settings to a new object with the settings for requests.</summary>
    public RequestQueueOptions Copy(JobQueueOptions settings)
    {
        var copy = new RequestQueueOptions();
        CopyTo(copy, settings, AllOf(settings, settings));
        return copy;
    }

    /// <summary>Copies the values of some settings.</summary>
    public static void CopyTo(JobQueueOptions to, JobQueueOptions from, IEnumerable<QueueSetting> settings)
    {
        foreach (var setting in settings)
            setting.Copy(from, to);
    }

    // Code may give a queue the default of a setting that was not registered.
    private IEnumerable<QueueSetting> AllOf(JobQueueOptions a, JobQueueOptions b) =>
        All.Union(a.AddedSettings).Union(b.AddedSettings);
}
