namespace QueueAdmission;

/// <summary>Creates the reports about queues.</summary>
internal sealed class QueueReporter
{
    /// <summary>The maximum number of jobs in a list. It also limits how long the lock of a queue is held.</summary>
    public const int MaxJobs = 1_000;

    private const int MaxCallers = 5;

    private readonly JobQueueRegistry _registry;
    private readonly TimeProvider _time;
    private readonly ClusterReporter _cluster;
    private readonly DeferredReporter _deferred;

    // Both clocks are read only once. A timestamp of the queue's clock is therefore always converted to the same time
    // of day.
    private readonly DateTimeOffset _dayThen;
    private readonly long _clockThen;
    private readonly Lazy<List<SettingReport>> _defaults;

    /// <param name="registry">The queues.</param>
    /// <param name="cluster">The cluster of this process; null if there is none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="deferred">The deferred jobs of the application; null if there are none.</param>
    public QueueReporter(
        JobQueueRegistry registry, ICluster? cluster, TimeProvider time, IDeferredJobs? deferred = null)
    {
        _deferred = new DeferredReporter(deferred);
        _cluster = new ClusterReporter(cluster, time);
        _registry = registry;
        _time = time;
        (_dayThen, _clockThen) = (time.GetUtcNow(), time.GetTimestamp());
        _defaults = new(DescribeDefaults);
    }

    public ReloadReport? LastReload => _registry.LastReload is { } reload
        ? new ReloadReport { At = reload.At, Succeeded = reload.Succeeded }
        : null;

    public QueuesReport DescribeAll(SteeringReport steering) => new()
    {
        Instance = Instance.Current,
        At = _time.GetUtcNow(),
        Steering = steering,
        LastReload = LastReload,
        ClusterOutage = _cluster.Outage,
        Deferred = _deferred.Describe(),
        Queues = Describe(_registry.Queues.Current.Queues),
    };

    public LiveReport DescribeLive() => new()
    {
        LastReload = LastReload,
        Defaults = _defaults.Value,
        ClusterOutage = _cluster.Outage,
        Deferred = _deferred.Describe(),
        Queues = [.. Describe(_registry.Queues.Current.Queues).Select(queue => queue with
        {
            Settings = [.. queue.Settings.Where((setting, i) => setting != _defaults.Value[i])],
            Cluster = queue.Cluster is { } cluster ? _cluster.WithoutClocks(cluster) : null,
        })],
    };

    public QueueStatus Describe(RequestQueue queue) => Describe(queue, _cluster.DescribeAll());

    private QueueStatus Describe(RequestQueue queue, Dictionary<string, ClusterReport> clusters)
    {
        var display = queue.Queue.GetSetting(RequestQueueSettings.ShowCallers);
        var cut = queue.Queue.GetCut(MaxJobs, display == CallerDisplay.None ? 0 : MaxCallers);
        var (snapshot, waiting) = (cut.Snapshot, cut.Waiting);
        // Jobs that have started since the snapshot are at the end of the list.
        var running = queue.RunningJobs.List().Take(snapshot.Running).ToList();
        var settings = snapshot.Settings;
        var overrides = _registry.Overrides.Of(queue);
        return new QueueStatus
        {
            Name = queue.Name,
            State = NameOf(snapshot.State),
            Workers = snapshot.Workers,
            WorkerCaps = [.. snapshot.WorkerCaps.Select(cap => Describe(queue, settings, cap))],
            Running = snapshot.Running,
            WorkersInUse = snapshot.WorkersInUse,
            Waiting = snapshot.Waiting,
            Places = settings.Places,
            PartitionCapacity = settings.PartitionCapacity,
            WaitingByPartition = snapshot.WaitingByPartition,
            LongestWaitSeconds = Round(snapshot.LongestWait),
            MaxWaitSeconds = settings.MaxWait == Timeout.InfiniteTimeSpan ? null : settings.MaxWait.TotalSeconds,
            Patience = Describe(snapshot.Patience),
            Totals = Describe(snapshot),
            WaitingFor = GroupWaiting(waiting),
            RunningFor = GroupRunning(running),
            RunningUnlisted = snapshot.Running - running.Count,
            Callers = display != CallerDisplay.None && settings.PartitionByKey ? Describe(cut, display) : null,
            Settings = DescribeSettings(queue, settings, overrides),
            Overrides = [.. overrides.Select(Describe)],
            Cluster = clusters.GetValueOrDefault(queue.Name),
        };
    }

    public WaitingJobs ListWaiting(RequestQueue queue)
    {
        var waiting = queue.Queue.ListWaiting(MaxJobs, out var total);
        return new WaitingJobs
        {
            Queue = queue.Name,
            Instance = Instance.Current,
            Total = total,
            Jobs = [.. waiting.Select(waiter => new WaitingJob
            {
                Method = MethodOf(waiter),
                Route = RouteOf(waiter),
                AgeSeconds = Age(waiter.ArrivedAt),
                Partition = waiter.Partition,
                Priority = PriorityOf(waiter),
            })],
        };
    }

    public RunningJobsReport ListRunning(RequestQueue queue)
    {
        var total = queue.Queue.GetSnapshot().Running;
        var running = queue.RunningJobs.List();
        return new RunningJobsReport
        {
            Queue = queue.Name,
            Instance = Instance.Current,
            Total = total,
            Unlisted = Math.Max(0, total - running.Count),
            Jobs = [.. running.Take(MaxJobs).Select(job => new RunningJobReport
            {
                Method = job.Description.Method,
                Route = job.Description.Route,
                AgeSeconds = Age(job.StartedAt),
                WaitedSeconds = Round(job.Waited),
            })],
        };
    }

    private List<QueueStatus> Describe(IReadOnlyList<RequestQueue> queues)
    {
        var clusters = _cluster.DescribeAll();
        return [.. queues.Where(queue => !queue.Queue.IsUnused).Select(queue => Describe(queue, clusters))];
    }

    private List<WaitingGroup> GroupWaiting(IReadOnlyList<WaitingView> waiting) => waiting
        .GroupBy(waiter => (Method: MethodOf(waiter), Route: RouteOf(waiter), Priority: PriorityOf(waiter)))
        .OrderByDescending(group => group.Count())
        .Select(group => new WaitingGroup
        {
            Method = group.Key.Method,
            Route = group.Key.Route,
            Priority = group.Key.Priority,
            Count = group.Count(),
            OldestSince = ToDateTime(group.First().ArrivedAt),
        })
        .ToList();

    private List<RunningGroup> GroupRunning(IReadOnlyList<RunningJob> running) => running
        .GroupBy(job => (job.Description.Method, job.Description.Route))
        .OrderByDescending(group => group.Count())
        .Select(group => new RunningGroup
        {
            Method = group.Key.Method,
            Route = group.Key.Route,
            Count = group.Count(),
            OldestSince = ToDateTime(group.First().StartedAt),
        })
        .ToList();

    private static CallersReport Describe(QueueCut cut, CallerDisplay display) => new()
    {
        By = display == CallerDisplay.Name ? "name" : "hash",
        Total = cut.KeysInAll,
        Top = [.. cut.Keys.Select(key => new CallerReport
        {
            Caller = CallerName.Of(key.Key, display),
            Waiting = key.Waiting,
            Running = key.Running,
        })],
    };

    private List<SettingReport> DescribeSettings(
        RequestQueue queue, JobQueueOptions settings, IReadOnlyList<QueueOverride> overrides) =>
        _registry.Queues.Table.Configurable.Select(setting =>
        {
            var origin = _registry.Queues.OriginOf(queue, setting);
            // An override of the workers is a cap beside the settings, which keep their own number.
            var cap = overrides.FirstOrDefault(found => !found.Target.IsLayer && found.Target.Name == setting.Key);
            return new SettingReport
            {
                Key = setting.Key,
                Value = cap?.Value ?? setting.Show(settings),
                Source = NameOf(origin.Source),
                Path = origin.Path,
            };
        }).ToList();

    private List<SettingReport> DescribeDefaults()
    {
        var options = new RequestQueueOptions();
        return [.. _registry.Queues.Table.Configurable.Select(setting => new SettingReport
        {
            Key = setting.Key,
            Value = setting.Show(options),
            Source = NameOf(SettingSource.BuiltIn),
            Path = null,
        })];
    }

    /// <summary>
    /// Describes a cap and the origin of its number. A cap that belongs to no setting was set by code, for example by a
    /// companion package.
    /// </summary>
    private WorkerCapReport Describe(RequestQueue queue, JobQueueOptions settings, WorkerCap cap)
    {
        if (cap.Name != WorkerLimit.SettingsCap)
        {
            var source = cap.Name is WorkerLimit.AdaptiveCap or WorkerLimit.OverrideCap
                ? cap.Name
                : NameOf(SettingSource.Code);
            return new WorkerCapReport { Name = cap.Name, Workers = cap.Workers, Source = source, Path = null };
        }
        var setting = settings.AdaptiveWorkers ? JobQueueSettings.MaxWorkers : JobQueueSettings.Workers;
        var origin = _registry.Queues.OriginOf(queue, setting);
        return new WorkerCapReport
        {
            Name = cap.Name,
            Workers = cap.Workers,
            Source = NameOf(origin.Source),
            Path = origin.Path,
        };
    }

    private static OverrideReport Describe(QueueOverride over) => new()
    {
        Setting = over.Target.Name,
        Value = over.Value,
        Underlying = over.Underlying,
        By = over.By,
        Since = over.Since,
        Until = over.Until,
    };

    private static PatienceReport Describe(ClientPatience? patience) => new()
    {
        State = patience?.State switch
        {
            null => "off",
            PatienceState.Acting => "acting",
            PatienceState.Learning => "learning",
            _ => "never_seen_leaving",
        },
        LearnedSeconds = ToSeconds(patience?.Learned),
        MaxExpectedWaitSeconds = ToSeconds(patience?.MaxExpectedWait),
        Wasted = patience?.Wasted ?? 0,
    };

    private static TotalsReport Describe(JobQueueSnapshot snapshot) => new()
    {
        Arrived = snapshot.Arrived,
        Ran = snapshot.Ran,
        Rejected = snapshot.Rejected,
        RejectedByReason = snapshot.RejectedByReason.ToDictionary(pair => pair.Key.ToWireName(), pair => pair.Value),
        WouldHaveWaited = snapshot.WouldHaveWaited,
        WouldHaveRejectedByReason = snapshot.WouldHaveRejectedByReason.ToDictionary(
            pair => pair.Key.ToWireName(), pair => pair.Value),
        Abandoned = snapshot.Abandoned,
    };

    private static string MethodOf(WaitingView waiter) => (waiter.Tag as JobDescription)?.Method ?? "";

    private static string RouteOf(WaitingView waiter) => (waiter.Tag as JobDescription)?.Route ?? "";

    private static string PriorityOf(WaitingView waiter) => waiter.Priority switch
    {
        JobPriority.Low => "low",
        JobPriority.High => "high",
        JobPriority.Critical => "critical",
        _ => "normal",
    };

    private static string NameOf(JobQueueState state) => state switch
    {
        JobQueueState.Running => "running",
        JobQueueState.Paused => "paused",
        JobQueueState.Draining => "draining",
        _ => "disposed",
    };

    private static string NameOf(SettingSource source) => source switch
    {
        SettingSource.BuiltIn => "built_in",
        SettingSource.Code => "code",
        SettingSource.ConfigurationDefaults => "configuration_defaults",
        SettingSource.ConfigurationQueue => "configuration_queue",
        SettingSource.LiveUpdate => "live_update",
        _ => "override",
    };

    private DateTimeOffset ToDateTime(long timestamp) => _dayThen + _time.GetElapsedTime(_clockThen, timestamp);

    private double Age(long timestamp) => Round(_time.GetElapsedTime(timestamp));

    // Three decimals, because the patience of clients can be a few milliseconds.
    private static double? ToSeconds(TimeSpan? time) => time is { } known ? Math.Round(known.TotalSeconds, 3) : null;

    private static double Round(TimeSpan time) => Math.Round(time.TotalSeconds, 1);
}
