using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission;

/// <summary>One setting of a queue, with values of one type.</summary>
/// <remarks>
/// <para>A package defines a setting once, and registers it with
/// <see cref="QueueSettingServiceCollectionExtensions.AddQueueSetting(IServiceCollection, QueueSetting)"/>. The setting
/// can then be configured, and changed at run time, like a built-in setting.</para>
/// <code>
/// public static readonly QueueSetting&lt;int&gt; SharedWorkers = new(
///     "SharedWorkers", SettingValues.WholeNumber(1, 1_000))
/// {
///     Default = 100,
///     Description = "How many workers all nodes together may use.",
///     Unit = "workers",
/// };
/// </code>
/// <para>Code sets the value with <see cref="JobQueueOptions.Set{T}(QueueSetting{T}, T)"/>, and reads the value in
/// force with <see cref="JobQueueSettingExtensions.GetSetting{T}(JobQueue, QueueSetting{T})"/>.</para>
/// </remarks>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="key">
/// The key in configuration: a letter, followed by letters and digits. <c>Object:Key</c> is a key in a nested object.
/// </param>
/// <param name="values">The allowed values, for example from <see cref="SettingValues"/>.</param>
/// <exception cref="ArgumentException"><paramref name="key"/> does not have this form.</exception>
/// <exception cref="ArgumentNullException"><paramref name="values"/> is null.</exception>
public sealed class QueueSetting<T>(string key, SettingValues<T> values) : QueueSetting(key)
{
    private readonly SettingValues<T> _values = values ?? throw new ArgumentNullException(nameof(values));

    /// <summary>The value that applies if neither code nor configuration sets one.</summary>
    public required T Default { get; init; }

    /// <summary>
    /// Returns the maximum number of workers that a value of the setting allows, or null if the value sets no maximum.
    /// The maximum is also the default of <see cref="JobQueueOptions.Workers"/>. Default null: the setting does not
    /// affect the workers.
    /// </summary>
    public Func<T, int?>? MaxWorkers { get; init; }

    /// <summary>
    /// Reads the property that holds the value. Null if the value has no property and is stored by key in the options.
    /// </summary>
    internal Func<JobQueueOptions, T>? Getter { get; init; }

    /// <summary>
    /// Writes the property that holds the value. Null if the value has no property and is stored by key in the options.
    /// </summary>
    internal Action<JobQueueOptions, T>? Setter { get; init; }

    /// <summary>
    /// Returns the value in force if it is derived. Null if the value in force is the value that was set.
    /// </summary>
    internal Func<JobQueueOptions, T>? Effective { get; init; }

    /// <summary>Sets other settings that follow from the value. Used only for settings without a property.</summary>
    internal Action<JobQueueOptions, T>? Implies { get; init; }

    /// <summary>Checks rules that involve other settings. Called only if the value is within its range.</summary>
    internal Func<JobQueueOptions, SettingError?>? Rule { get; init; }

    internal override string Allowed => _values.Allowed;

    internal override SettingSchema Schema => _values.Schema;

    internal override string ShownDefault => DefaultWords ?? _values.Show(Default);

    internal override object? DefaultValue => Default;

    internal override bool IsDefaultAllowed => _values.Contains(Default);

    internal override bool TryParse(string text, out object? value)
    {
        var isValue = _values.TryParse(SettingText.Trim(text), out var parsed);
        value = parsed;
        return isValue;
    }

    internal override string? AllowedEntry => _values.AllowedEntry;

    internal override object? ReadMap(
        IEnumerable<KeyValuePair<string, string>> entries, Action<KeyValuePair<string, string>> onBadEntry) =>
        _values.ReadMap(entries, onBadEntry);

    internal override string? Hint(string text) => _values.Hint(text);

    internal override object? Get(JobQueueOptions options) => options.Get(this);

    internal override void Set(JobQueueOptions options, object? value) => options.Set(this, (T)value!);

    internal override void Copy(JobQueueOptions from, JobQueueOptions to) => to.Set(this, from.Get(this));

    internal override int? FindMaxWorkers(JobQueueOptions options) => MaxWorkers?.Invoke(options.Get(this));

    internal override bool IsSame(JobQueueOptions a, JobQueueOptions b) => _values.AreSame(a.Get(this), b.Get(this));

    internal override string Show(JobQueueOptions options) => _values.Show(InForce(options));

    internal override SettingError? FindError(JobQueueOptions options)
    {
        var value = InForce(options);
        return _values.Contains(value)
            ? Rule?.Invoke(options)
            : new SettingError(Key, _values.Show(value), _values.Range);
    }

    internal string ShowValue(T value) => _values.Show(value);

    internal T InForce(JobQueueOptions options) => Effective is null ? options.Get(this) : Effective(options);
}
