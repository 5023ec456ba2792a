using System.Globalization;
using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>One setting of a queue as configuration sees it. A new setting is one more line in <see cref="All"/>.</summary>
internal sealed class QueueSetting
{
    public static IReadOnlyList<QueueSetting> All { get; } =
    [
        WholeNumber(nameof(RequestQueueOptions.Workers), o => o.Workers, (o, value) => o.Workers = value),
        WholeNumber(
            nameof(RequestQueueOptions.Partitions), o => o.Partitions, (o, value) => o.Partitions = value,
            unset: o => o.DerivePartitions()),
        WholeNumber(nameof(RequestQueueOptions.PartitionCapacity), o => o.PartitionCapacity, (o, value) => o.PartitionCapacity = value),
        Duration(nameof(RequestQueueOptions.MaxWait), o => o.MaxWait, (o, value) => o.MaxWait = value, orInfinite: true),
        Name<QueueProcessingOrder>(nameof(RequestQueueOptions.Order), o => o.Order, (o, value) => o.Order = value),
        Duration(nameof(RequestQueueOptions.MinRetryAfter), o => o.MinRetryAfter, (o, value) => o.MinRetryAfter = value),
        Duration(nameof(RequestQueueOptions.MaxRetryAfter), o => o.MaxRetryAfter, (o, value) => o.MaxRetryAfter = value),
        WholeNumber(nameof(RequestQueueOptions.RejectionStatusCode), o => o.RejectionStatusCode, (o, value) => o.RejectionStatusCode = value),
        Name<ReleaseOn>(
            nameof(RequestQueueOptions.ReleaseOn), o => o.ReleaseOn, (o, value) => o.ReleaseOn = value,
            unset: o => o.ReleaseOn = null),
        Source(nameof(RequestQueueOptions.PartitionBy), PartitionBy.Allowed, PartitionBy.Parse, o => o.PartitionBy, (o, value) => o.PartitionBy = value),
        WholeNumber(
            nameof(RequestQueueOptions.MaxWorkersPerKey), o => o.MaxWorkersPerKey, (o, value) => o.MaxWorkersPerKey = value,
            unset: o => o.MaxWorkersPerKey = null),
        Source(nameof(RequestQueueOptions.PriorityFrom), PriorityFrom.Allowed, PriorityFrom.Parse, o => o.PriorityFrom, (o, value) => o.PriorityFrom = value),
        Source(nameof(RequestQueueOptions.DeadlineFrom), DeadlineFrom.Allowed, DeadlineFrom.Parse, o => o.DeadlineFrom, (o, value) => o.DeadlineFrom = value),
        Switch(nameof(RequestQueueOptions.DryRun), o => o.DryRun, (o, value) => o.DryRun = value),
        Switch(nameof(RequestQueueOptions.OverloadControl), o => o.OverloadControl, (o, value) => o.OverloadControl = value),
        Duration(
            nameof(RequestQueueOptions.OverloadTarget), o => o.OverloadTarget, (o, value) => o.OverloadTarget = value,
            unset: o => o.OverloadTarget = null),
        Duration(
            nameof(RequestQueueOptions.OverloadInterval), o => o.OverloadInterval, (o, value) => o.OverloadInterval = value,
            unset: o => o.OverloadInterval = null),
        Switch(nameof(RequestQueueOptions.AdaptiveWorkers), o => o.AdaptiveWorkers, (o, value) => o.AdaptiveWorkers = value),
        WholeNumber(nameof(RequestQueueOptions.MinWorkers), o => o.MinWorkers, (o, value) => o.MinWorkers = value),
        WholeNumber(nameof(RequestQueueOptions.MaxWorkers), o => o.MaxWorkers, (o, value) => o.MaxWorkers = value),
        Switch(nameof(RequestQueueOptions.PartitionMetrics), o => o.PartitionMetrics, (o, value) => o.PartitionMetrics = value),
    ];

    private const string Unset = "unset";

    private static readonly RequestQueueOptions BuiltIn = new();

    private readonly string _kind;
    private readonly Func<string, RequestQueueOptions, bool> _tryRead;
    private readonly Action<RequestQueueOptions> _useBuiltIn;
    private readonly Func<RequestQueueOptions, string> _show;
    private readonly Action<RequestQueueOptions>? _spoil;
    private readonly Func<string, string?> _hint;

    private QueueSetting(
        string key,
        string kind,
        Func<string, RequestQueueOptions, bool> tryRead,
        Action<RequestQueueOptions> useBuiltIn,
        Func<RequestQueueOptions, string> show,
        Action<RequestQueueOptions>? spoil = null,
        Func<string, string?>? hint = null)
    {
        Key = key;
        _kind = kind;
        _tryRead = tryRead;
        _useBuiltIn = useBuiltIn;
        _show = show;
        _spoil = spoil;
        _hint = hint ?? (static _ => null);
    }

    public string Key { get; }

    /// <summary>How the value is written, and its range.</summary>
    public string Allowed
    {
        get
        {
            if (_spoil is null)
                return _kind;
            // The ranges are known to the validator alone, and it tells one when it meets a value outside.
            var spoiled = new RequestQueueOptions();
            _spoil(spoiled);
            return _kind + JobQueueOptionsValidator.FindErrors(spoiled).First(error => error.Key == Key).Allowed;
        }
    }

    /// <summary>Reads the text into the options. It says nothing about the range.</summary>
    public bool TryRead(string text, RequestQueueOptions into) => _tryRead(SettingText.Trim(text), into);

    /// <summary>
    /// Gives the options the built-in value: the one that holds where neither code nor configuration says anything.
    /// </summary>
    public void UseBuiltIn(RequestQueueOptions options) => _useBuiltIn(options);

    /// <summary>The value, as configuration would write it.</summary>
    public string Show(RequestQueueOptions options) => _show(options);

    /// <summary>The setting of that name, compared without case; null if there is none.</summary>
    public static QueueSetting? Find(string key) => All.FirstOrDefault(setting => setting.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    /// <summary>More to say about a text that could not be read, or null.</summary>
    public string? Hint(string text) => _hint(text);

    /// <summary>The settings that differ, as <c>Workers 8 → 4, MaxWait 00:00:10 → infinite</c>; empty if none does.</summary>
    public static string Differences(RequestQueueOptions before, RequestQueueOptions after) => string.Join(", ", All
        .Select(setting => (setting.Key, Before: setting._show(before), After: setting._show(after)))
        .Where(setting => setting.Before != setting.After)
        .Select(setting => $"{setting.Key} {setting.Before} → {setting.After}"));

    /// <param name="key">The name of the property.</param>
    /// <param name="get">Reads it.</param>
    /// <param name="set">Writes it.</param>
    /// <param name="unset">Takes the value away, where the property can be without one; its built-in value is none
    /// then.</param>
    private static QueueSetting WholeNumber(
        string key,
        Func<RequestQueueOptions, int?> get,
        Action<RequestQueueOptions, int> set,
        Action<RequestQueueOptions>? unset = null) => new(
        key,
        "a whole number, ",
        (text, options) => Read(SettingParser.TryWholeNumber(text, out var value), options, set, value),
        unset ?? (options => set(options, get(BuiltIn)!.Value)),
        options => get(options)?.ToString(CultureInfo.InvariantCulture) ?? Unset,
        options => set(options, int.MinValue));

    private static QueueSetting Duration(
        string key,
        Func<RequestQueueOptions, TimeSpan?> get,
        Action<RequestQueueOptions, TimeSpan> set,
        bool orInfinite = false,
        Action<RequestQueueOptions>? unset = null) => new(
        key,
        "hh:mm:ss, ",
        (text, options) => Read(SettingParser.TryDuration(text, orInfinite, out var value), options, set, value),
        unset ?? (options => set(options, get(BuiltIn)!.Value)),
        options => get(options) is { } value ? SettingParser.Show(value) : Unset,
        options => set(options, TimeSpan.MinValue),
        SettingParser.HintForBareNumber);

    private static QueueSetting Name<T>(
        string key,
        Func<RequestQueueOptions, T?> get,
        Action<RequestQueueOptions, T> set,
        Action<RequestQueueOptions>? unset = null)
        where T : struct, Enum => new(
        key,
        "",
        (text, options) => Read(SettingParser.TryName<T>(text, out var value), options, set, value),
        unset ?? (options => set(options, get(BuiltIn)!.Value)),
        options => get(options)?.ToString() ?? Unset,
        options => set(options, (T)Enum.ToObject(typeof(T), -1)));

    private static QueueSetting Switch(string key, Func<RequestQueueOptions, bool> get, Action<RequestQueueOptions, bool> set) => new(
        key,
        "true, false",
        (text, options) => Read(SettingParser.TrySwitch(text, out var value), options, set, value),
        options => set(options, get(BuiltIn)),
        options => get(options) ? "true" : "false");

    private static QueueSetting Source<T>(string key, string allowed, Func<string, T?> parse, Func<RequestQueueOptions, T> get, Action<RequestQueueOptions, T> set)
        where T : class => new(
        key,
        allowed,
        (text, options) => parse(text) is { } value && Read(true, options, set, value),
        options => set(options, get(BuiltIn)),
        options => get(options).ToString()!);

    private static bool Read<T>(bool readable, RequestQueueOptions options, Action<RequestQueueOptions, T> set, T value)
    {
        if (readable)
            set(options, value);
        return readable;
    }
}
