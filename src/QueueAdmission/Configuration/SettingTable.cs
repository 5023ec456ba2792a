namespace QueueAdmission;

/// <summary>
/// The settings that the queues of one application can have: the built-in settings, and those that packages add.
/// </summary>
internal sealed class SettingTable
{
    private SettingTable(IEnumerable<QueueSetting> all)
    {
        // Settings without a key in configuration come last, and are therefore copied last. Among them is
        // PartitionByKey, whose value changes when PartitionBy is set.
        All = [.. all.OrderBy(setting => !setting.IsConfigurable)];
        Configurable = [.. All.Where(setting => setting.IsConfigurable)];
        Keys = [.. Configurable.Select(setting => setting.Key)];
    }

    /// <summary>The keys at the top level of the section that packages read, besides <c>Queues</c>.</summary>
    public IReadOnlyList<string> SectionKeys { get; private init; } = [];

    /// <summary>The built-in settings.</summary>
    public static SettingTable BuiltIn { get; } = new([.. JobQueueSettings.All, .. RequestQueueSettings.All]);

    /// <summary>All settings, including those that have no key in configuration.</summary>
    public IReadOnlyList<QueueSetting> All { get; }

    /// <summary>The settings that have a key in configuration.</summary>
    public IReadOnlyList<QueueSetting> Configurable { get; }

    /// <summary>The keys of the settings in configuration.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>Returns this table extended by the settings that packages add.</summary>
    /// <param name="added">The settings.</param>
    /// <param name="sections">
    /// The keys at the top level of the section that packages read, besides <c>Queues</c>.
    /// </param>
    /// <exception cref="InvalidOperationException">Two settings have the same key.</exception>
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

    /// <summary>
    /// Returns whether the settings of a queue contain an object with this name. Case is ignored.
    /// </summary>
    public bool HasObject(string name) =>
        Keys.Any(key => key.StartsWith(name + QueueSetting.KeyDivider, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Returns the keys in one object of a queue. For the queue itself, these are the keys outside of such objects and
    /// the names of the objects.
    /// </summary>
    /// <param name="prefix">The name of the object and the divider; empty for the queue itself.</param>
    public IReadOnlyList<string> KeysBelow(string prefix) =>
    [
        .. Keys
            .Where(key => key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .Select(key => key[prefix.Length..].Split(QueueSetting.KeyDivider)[0])
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>Returns the configurable setting with this key, or null. Case is ignored.</summary>
    public QueueSetting? Find(string key) =>
        Configurable.FirstOrDefault(setting => setting.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns the settings whose values differ between the two objects.</summary>
    public IEnumerable<QueueSetting> FindChanged(JobQueueOptions before, JobQueueOptions after) =>
        AllOf(before, after).Where(setting => !setting.IsSame(before, after));

    /// <summary>
    /// Describes the configurable settings that differ, for example <c>Workers 8 → 4, MaxWait 00:00:10 → infinite</c>.
    /// Returns an empty text if none differs.
    /// </summary>
    public string DescribeChanges(JobQueueOptions before, JobQueueOptions after) => string.Join(", ", Configurable
        .Select(setting => (setting.Key, Before: setting.Show(before), After: setting.Show(after)))
        .Where(setting => setting.Before != setting.After)
        .Select(setting => $"{setting.Key} {setting.Before} → {setting.After}"));

    /// <summary>Copies all settings to a new <see cref="RequestQueueOptions"/>.</summary>
    public RequestQueueOptions Copy(JobQueueOptions settings)
    {
        var copy = new RequestQueueOptions();
        CopyTo(copy, settings, AllOf(settings, settings));
        return copy;
    }

    /// <summary>Copies the values of the given settings.</summary>
    public static void CopyTo(JobQueueOptions to, JobQueueOptions from, IEnumerable<QueueSetting> settings)
    {
        foreach (var setting in settings)
            setting.Copy(from, to);
    }

    // Code may set a setting that is not registered to its default. This is not an error, so it is copied as well.
    private IEnumerable<QueueSetting> AllOf(JobQueueOptions a, JobQueueOptions b) =>
        All.Union(a.AddedSettings).Union(b.AddedSettings);
}
