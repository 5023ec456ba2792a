using System.Globalization;
using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// The built-in settings of every queue. To add a setting, add an entry here and a property to
/// <see cref="JobQueueOptions"/>.
/// </summary>
internal static class JobQueueSettings
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OneHour = TimeSpan.FromHours(1);

    public static readonly QueueSetting<int> Workers = new(
        nameof(JobQueueOptions.Workers), SettingValues.WholeNumber(1, JobQueueOptions.WorkersLimit))
    {
        Default = 16,
        Description = "How many jobs of this queue may run at once.",
        Getter = o => o.Workers,
        Setter = (o, value) => o.Workers = value,
        CanBeOverridden = true,
    };

    public static readonly QueueSetting<int?> Partitions = new(
        nameof(JobQueueOptions.Partitions),
        SettingValues.Optional(SettingValues.WholeNumber(1, JobQueueOptions.PartitionsLimit)))
    {
        Default = null,
        DefaultWords = "1, or 64 with keys",
        Description = "How many waiting lines the queue has. Jobs are placed into the lines in turn, and served from "
            + "them in turn. With keys: how many keys take turns at once.",
        Getter = o => o.GivenPartitions,
        Setter = (o, value) => o.GivenPartitions = value,
        Effective = o => o.Partitions,
    };

    public static readonly QueueSetting<int?> PartitionCapacity = new(
        nameof(JobQueueOptions.PartitionCapacity),
        SettingValues.Optional(SettingValues.WholeNumber(0, JobQueueOptions.PlacesLimit)))
    {
        Default = null,
        DefaultWords = "100, or derived from MaxWaiting and MaxWaitingPerKey",
        Description =
            "How many jobs may wait in one partition. With 0 no job waits: it gets a free worker or is refused. "
            + "Partitions × PartitionCapacity is at most 1,000,000.",
        Unit = "jobs",
        Getter = o => o.GivenPartitionCapacity,
        Setter = (o, value) => o.GivenPartitionCapacity = value,
        Effective = o => o.PartitionCapacity,
        Rule = FindTooManyPlaces,
    };

    public static readonly QueueSetting<int?> MaxWaiting = new(
        nameof(JobQueueOptions.MaxWaiting),
        SettingValues.Optional(SettingValues.WholeNumber(0, JobQueueOptions.PlacesLimit)))
    {
        Default = null,
        DefaultWords = "none: Partitions × PartitionCapacity, or 1,000 with keys",
        Description = "How many jobs may wait in the whole queue. Set either MaxWaiting or PartitionCapacity, not "
            + "both. With several partitions and without keys, it must be a multiple of Partitions.",
        Unit = "jobs",
        Getter = o => o.MaxWaiting,
        Setter = (o, value) => o.MaxWaiting = value,
        Rule = FindBadMaxWaiting,
    };

    public static readonly QueueSetting<int?> MaxWaitingPerKey = new(
        nameof(JobQueueOptions.MaxWaitingPerKey),
        SettingValues.Optional(SettingValues.WholeNumber(0, JobQueueOptions.PlacesLimit)))
    {
        Default = null,
        DefaultWords = "none: 100, or MaxWaiting if that is less",
        Description = "How many jobs of one Key may wait. A job beyond that is refused with PartitionFull. "
            + "It is at most MaxWaiting, needs keys, and may not be set together with PartitionCapacity.",
        Unit = "jobs",
        Getter = o => o.MaxWaitingPerKey,
        Setter = (o, value) => o.MaxWaitingPerKey = value,
        Rule = FindBadMaxWaitingPerKey,
    };

    public static readonly QueueSetting<TimeSpan> MaxWait = new(
        nameof(JobQueueOptions.MaxWait), SettingValues.Duration(TimeSpan.Zero, OneHour, orInfinite: true))
    {
        Default = TimeSpan.FromSeconds(10),
        Description =
            "How long a job may wait for a worker. After that it is refused with WaitTimeout. With 0 no job waits.",
        Getter = o => o.MaxWait,
        Setter = (o, value) => o.MaxWait = value,
    };

    public static readonly QueueSetting<bool> AdaptiveMaxWait = new(
        nameof(JobQueueOptions.AdaptiveMaxWait), SettingValues.Switch())
    {
        Default = true,
        Description = "Whether the queue learns how long its clients wait, and refuses a request at arrival "
            + "(ExpectedWaitTooLong) if its client would probably leave before it starts.",
        Getter = o => o.AdaptiveMaxWait,
        Setter = (o, value) => o.AdaptiveMaxWait = value,
    };

    public static readonly QueueSetting<QueueProcessingOrder> Order = new(
        nameof(JobQueueOptions.Order), SettingValues.Name<QueueProcessingOrder>())
    {
        Default = QueueProcessingOrder.OldestFirst,
        Description = "Which job of a partition is served first. "
            + "With NewestFirst a newcomer to a full queue takes the place of the job that has waited longest, "
            + "which is refused with Displaced.",
        Getter = o => o.Order,
        Setter = (o, value) => o.Order = value,
    };

    public static readonly QueueSetting<TimeSpan> MinRetryAfter = new(
        nameof(JobQueueOptions.MinRetryAfter), SettingValues.Duration(OneSecond, OneHour))
    {
        Default = OneSecond,
        Description = "The shortest RetryAfter that a refused caller is told. It is at most MaxRetryAfter.",
        Getter = o => o.MinRetryAfter,
        Setter = (o, value) => o.MinRetryAfter = value,
    };

    public static readonly QueueSetting<TimeSpan> MaxRetryAfter = new(
        nameof(JobQueueOptions.MaxRetryAfter), SettingValues.Duration(OneSecond, OneHour))
    {
        Default = TimeSpan.FromSeconds(60),
        Description = "The longest RetryAfter that a refused caller is told. It is at least MinRetryAfter.",
        Getter = o => o.MaxRetryAfter,
        Setter = (o, value) => o.MaxRetryAfter = value,
        Rule = o => o.MaxRetryAfter < o.MinRetryAfter
            ? Error(MaxRetryAfter!, o, $"at least MinRetryAfter, which is {o.MinRetryAfter:c}")
            : null,
    };

    public static readonly QueueSetting<bool> PartitionByKey = new(
        nameof(JobQueueOptions.PartitionByKey), SettingValues.Switch())
    {
        Default = false,
        Description = "Whether the queue separates jobs by their Key. By default, the keys share the workers' time "
            + "equally, however many jobs of each key wait.",
        Getter = o => o.PartitionByKey,
        Setter = (o, value) => o.PartitionByKey = value,
        // In a web application, this setting follows from PartitionBy.
        IsConfigurable = false,
    };

    public static readonly QueueSetting<IReadOnlyDictionary<string, int>?> KeyShares = new(
        nameof(JobQueueOptions.KeyShares), new NumberMaps("share", "key", 1, JobTraits.MaxKeyShare))
    {
        Default = null,
        DefaultWords = "none: each key has a share of 1",
        Description = "The shares of keys in the workers' time. "
            + "A key with a share of 4 gets four times the time of a key with 1. "
            + "The name * sets the share of all keys that have no other share. The setting needs keys.",
        Getter = o => o.KeyShares,
        Setter = (o, value) => o.KeyShares = value,
        Rule = o => o.KeyShares is null || o.PartitionByKey
            ? null
            : Error(KeyShares!, o, "only with keys (PartitionBy or PartitionByKey)"),
    };

    public static readonly QueueSetting<int?> MaxWorkersPerKey = new(
        nameof(JobQueueOptions.MaxWorkersPerKey),
        SettingValues.Optional(SettingValues.WholeNumber(1, JobQueueOptions.WorkersLimit)))
    {
        Default = null,
        DefaultWords = "none: only Workers is the limit",
        Description = "How many workers the running jobs of one Key may hold at once.",
        Getter = o => o.MaxWorkersPerKey,
        Setter = (o, value) => o.MaxWorkersPerKey = value,
    };

    public static readonly QueueSetting<bool> DryRun = new(nameof(JobQueueOptions.DryRun), SettingValues.Switch())
    {
        Default = false,
        Description = "Whether the queue lets every job pass at once, and only counts what it would have done.",
        Getter = o => o.DryRun,
        Setter = (o, value) => o.DryRun = value,
        CanBeOverridden = true,
    };

    public static readonly QueueSetting<bool> OverloadControl = new(
        nameof(JobQueueOptions.OverloadControl), SettingValues.Switch())
    {
        Default = false,
        Description = "Whether the queue reacts to overload. While its waits stay long (a standing queue), "
            + "it serves the newest jobs first, and refuses jobs that have waited too long (Shed).",
        Getter = o => o.OverloadControl,
        Setter = (o, value) => o.OverloadControl = value,
    };

    public static readonly QueueSetting<TimeSpan?> OverloadTarget = new(
        nameof(JobQueueOptions.OverloadTarget),
        SettingValues.Optional(SettingValues.Duration(OneMillisecond, OneHour)))
    {
        Default = null,
        DefaultWords = "derived from measurements",
        Description = "How long a job may wait in a standing queue: see OverloadControl.",
        Getter = o => o.OverloadTarget,
        Setter = (o, value) => o.OverloadTarget = value,
    };

    public static readonly QueueSetting<TimeSpan?> OverloadInterval = new(
        nameof(JobQueueOptions.OverloadInterval),
        SettingValues.Optional(SettingValues.Duration(OneMillisecond, OneHour)))
    {
        Default = null,
        DefaultWords = "derived: three times the OverloadTarget",
        Description = "The queue is a standing queue once its longest wait has exceeded this time "
            + "for a period of the same length.",
        Getter = o => o.OverloadInterval,
        Setter = (o, value) => o.OverloadInterval = value,
    };

    public static readonly QueueSetting<bool> AdaptiveWorkers = new(
        nameof(JobQueueOptions.AdaptiveWorkers), SettingValues.Switch())
    {
        Default = false,
        Description = "Whether the queue adjusts the number of workers to the latency of its jobs, "
            + "between MinWorkers and MaxWorkers. It starts at Workers.",
        Getter = o => o.AdaptiveWorkers,
        Setter = (o, value) => o.AdaptiveWorkers = value,
    };

    public static readonly QueueSetting<int> MinWorkers = new(
        nameof(JobQueueOptions.MinWorkers), SettingValues.WholeNumber(1, JobQueueOptions.WorkersLimit))
    {
        Default = 1,
        Description = "The smallest number of workers that AdaptiveWorkers goes down to. "
            + "With AdaptiveWorkers it is at most Workers.",
        Getter = o => o.MinWorkers,
        Setter = (o, value) => o.MinWorkers = value,
        Rule = o => o.AdaptiveWorkers && o.MinWorkers > o.Workers
            ? Error(MinWorkers!, o, $"at most Workers, which is {o.Workers}")
            : null,
    };

    public static readonly QueueSetting<int> MaxWorkers = new(
        nameof(JobQueueOptions.MaxWorkers), SettingValues.WholeNumber(1, JobQueueOptions.WorkersLimit))
    {
        Default = 100,
        Description = "The largest number of workers that AdaptiveWorkers goes up to. "
            + "With AdaptiveWorkers it is at least Workers.",
        Getter = o => o.MaxWorkers,
        Setter = (o, value) => o.MaxWorkers = value,
        Rule = o => o.AdaptiveWorkers && o.MaxWorkers < o.Workers
            ? Error(MaxWorkers!, o, $"at least Workers, which is {o.Workers}")
            : null,
    };

    public static readonly QueueSetting<bool> PartitionMetrics = new(
        nameof(JobQueueOptions.PartitionMetrics), SettingValues.Switch())
    {
        Default = false,
        Description =
            "Whether the metric queue_admission.partition.job.waiting has a series for each partition of this queue.",
        Getter = o => o.PartitionMetrics,
        Setter = (o, value) => o.PartitionMetrics = value,
    };

    /// <summary>All settings, in the order in which they are displayed.</summary>
    public static IReadOnlyList<QueueSetting> All { get; } =
    [
        Workers,
        Partitions,
        PartitionCapacity,
        MaxWaiting,
        MaxWaitingPerKey,
        MaxWait,
        AdaptiveMaxWait,
        Order,
        MinRetryAfter,
        MaxRetryAfter,
        PartitionByKey,
        KeyShares,
        MaxWorkersPerKey,
        DryRun,
        OverloadControl,
        OverloadTarget,
        OverloadInterval,
        AdaptiveWorkers,
        MinWorkers,
        MaxWorkers,
        PartitionMetrics,
    ];

    private static SettingError Error(QueueSetting setting, JobQueueOptions options, string allowed) =>
        new(setting.Key, setting.Show(options), allowed);

    private static SettingError? FindTooManyPlaces(JobQueueOptions options)
    {
        // A number of partitions that is out of its range is reported separately.
        if (options.GivenPartitionCapacity is null || options.Partitions is < 1 or > JobQueueOptions.PartitionsLimit)
            return null;
        var places = (long)options.Partitions * options.PartitionCapacity;
        if (places <= JobQueueOptions.PlacesLimit)
            return null;
        return new(
            nameof(options.PartitionCapacity),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{options.PartitionCapacity} with {options.Partitions} Partitions, together {places:N0} places"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"Partitions × PartitionCapacity up to {JobQueueOptions.PlacesLimit:N0}"));
    }

    private static SettingError? FindBadMaxWaiting(JobQueueOptions options)
    {
        if (options.MaxWaiting is not { } max)
            return null;
        if (options.GivenPartitionCapacity is { } capacity)
            return Error(MaxWaiting!, options, $"not together with PartitionCapacity, which is {capacity}");
        var partitions = options.Partitions;
        return !options.PartitionByKey && partitions is > 1 and <= JobQueueOptions.PartitionsLimit
            && max % partitions != 0
            ? Error(MaxWaiting!, options, $"a multiple of Partitions, which is {partitions}")
            : null;
    }

    private static SettingError? FindBadMaxWaitingPerKey(JobQueueOptions options)
    {
        if (options.MaxWaitingPerKey is not { } max)
            return null;
        if (!options.PartitionByKey)
            return Error(MaxWaitingPerKey!, options, "only with keys (PartitionBy or PartitionByKey)");
        if (options.GivenPartitionCapacity is { } capacity)
            return Error(MaxWaitingPerKey!, options, $"not together with PartitionCapacity, which is {capacity}");
        return options.MaxWaiting is { } all && max > all
            ? Error(MaxWaitingPerKey!, options, $"at most MaxWaiting, which is {all}")
            : null;
    }
}
