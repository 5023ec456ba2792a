using System.ComponentModel;

namespace QueueAdmission;

/// <summary>
/// One queue at one moment. The figures are consistent: arrived = running + waiting + ran + rejected + abandoned.
/// </summary>
internal sealed record QueueStatus
{
    [Description("The queue's name.")]
    public required string Name { get; init; }

    [Description("running, paused (new jobs wait, and no job starts), draining (new jobs are refused) or disposed.")]
    public required string State { get; init; }

    [Description("How many workers are in force: the smallest of workerCaps.")]
    public required int Workers { get; init; }

    [Description("The limits of the number of workers, with the origin of each.")]
    public required IReadOnlyList<WorkerCapReport> WorkerCaps { get; init; }

    [Description("Jobs that hold a worker.")]
    public required int Running { get; init; }

    [Description("Workers that the running jobs hold. More than running if a job has a weight above 1.")]
    public required int WorkersInUse { get; init; }

    [Description("Jobs that wait.")]
    public required int Waiting { get; init; }

    [Description("How many jobs may wait: partitions × the places in each.")]
    public required int Places { get; init; }

    [Description("The places in each partition.")]
    public required int PartitionCapacity { get; init; }

    [Description("Jobs that wait, by partition.")]
    public required IReadOnlyList<int> WaitingByPartition { get; init; }

    [Description("How long the oldest waiting job has waited, in seconds; 0 if no job waits.")]
    public required double LongestWaitSeconds { get; init; }

    [Description("How long a job may wait, in seconds; null if there is no limit.")]
    public required double? MaxWaitSeconds { get; init; }

    [Description("What the queue has learned about how long its clients wait.")]
    public required PatienceReport Patience { get; init; }

    [Description("The outcomes of all jobs since the process started.")]
    public required TotalsReport Totals { get; init; }

    [Description("The waiting jobs by endpoint and priority. At most the 1,000 that have waited longest are counted.")]
    public required IReadOnlyList<WaitingGroup> WaitingFor { get; init; }

    [Description("The running jobs by endpoint, as far as they were recorded.")]
    public required IReadOnlyList<RunningGroup> RunningFor { get; init; }

    [Description("Running jobs that were not recorded. " +
        "They started while no page was open, or are no requests of an endpoint.")]
    public required int RunningUnlisted { get; init; }

    [Description("The callers with the most jobs; null unless the queue separates callers and ShowCallers is Hash or " +
        "Name.")]
    public CallersReport? Callers { get; init; }

    [Description("The settings in force, and the origin of each.")]
    public required IReadOnlyList<SettingReport> Settings { get; init; }

    [Description("The changes of operators that are in force for a limited time.")]
    public required IReadOnlyList<OverrideReport> Overrides { get; init; }

    [Description("The nodes that share the workers of the queue; null if the queue belongs to no cluster.")]
    public ClusterReport? Cluster { get; init; }
}

/// <summary>How long clients wait.</summary>
internal sealed record PatienceReport
{
    [Description("acting (requests that would wait too long are refused), learning, never_seen_leaving " +
        "(no client was ever seen leaving, so MaxWait should be set to the time for which clients wait), " +
        "or off if AdaptiveMaxWait has no effect.")]
    public required string State { get; init; }

    [Description("How long clients wait before they leave, in seconds; null while no work was wasted.")]
    public required double? LearnedSeconds { get; init; }

    [Description("Requests with a longer expected wait are refused, in seconds; null unless the state is acting.")]
    public required double? MaxExpectedWaitSeconds { get; init; }

    [Description("Jobs that had waited, and whose client left while they ran.")]
    public required long Wasted { get; init; }
}

/// <summary>Jobs by outcome.</summary>
internal sealed record TotalsReport
{
    [Description("Jobs that arrived.")]
    public required long Arrived { get; init; }

    [Description("Jobs that had a worker and have ended, or released their worker early.")]
    public required long Ran { get; init; }

    [Description("Jobs that were refused.")]
    public required long Rejected { get; init; }

    [Description("Jobs that were refused, by reason, such as queue_full; reasons that did not occur are absent.")]
    public required IReadOnlyDictionary<string, long> RejectedByReason { get; init; }

    [Description("Jobs that dry run let through and that would have waited.")]
    public required long WouldHaveWaited { get; init; }

    [Description("Jobs that dry run let through and that would have been refused, by reason. " +
        "Reasons that did not occur are absent.")]
    public required IReadOnlyDictionary<string, long> WouldHaveRejectedByReason { get; init; }

    [Description("Jobs whose caller left while they waited.")]
    public required long Abandoned { get; init; }
}

/// <summary>The callers of a queue that keeps callers apart.</summary>
internal sealed record CallersReport
{
    [Description("How callers are shown: name or hash.")]
    public required string By { get; init; }

    [Description("How many callers have jobs that wait or run.")]
    public required int Total { get; init; }

    [Description("At most five callers, first those with the most waiting jobs.")]
    public required IReadOnlyList<CallerReport> Top { get; init; }
}

/// <summary>One caller.</summary>
internal sealed record CallerReport
{
    [Description("The caller's name or hash; null for the jobs without a key, which count as one caller.")]
    public required string? Caller { get; init; }

    [Description("Its jobs that wait.")]
    public required int Waiting { get; init; }

    [Description("Its jobs that run.")]
    public required int Running { get; init; }
}

/// <summary>The waiting jobs of one endpoint and priority.</summary>
internal sealed record WaitingGroup
{
    [Description("The HTTP method; empty for jobs that are no requests.")]
    public required string Method { get; init; }

    [Description("The endpoint's route pattern.")]
    public required string Route { get; init; }

    [Description("low, normal, high or critical.")]
    public required string Priority { get; init; }

    [Description("The number of these jobs.")]
    public required int Count { get; init; }

    [Description("When the oldest of them arrived, UTC.")]
    public required DateTimeOffset OldestSince { get; init; }
}

/// <summary>The running jobs of one endpoint.</summary>
internal sealed record RunningGroup
{
    [Description("The HTTP method.")]
    public required string Method { get; init; }

    [Description("The endpoint's route pattern.")]
    public required string Route { get; init; }

    [Description("The number of these jobs.")]
    public required int Count { get; init; }

    [Description("When the oldest of them started, UTC.")]
    public required DateTimeOffset OldestSince { get; init; }
}

/// <summary>A number that bounds the workers.</summary>
internal sealed record WorkerCapReport
{
    [Description("settings (Workers, or MaxWorkers with AdaptiveWorkers), adaptive (found by the queue), " +
        "override (set by an operator, instead of both), or the name that code gave the limit.")]
    public required string Name { get; init; }

    [Description("The number of workers that the limit allows.")]
    public required int Workers { get; init; }

    [Description("The origin of the number: one of the sources of a setting, or adaptive.")]
    public required string Source { get; init; }

    [Description("The configuration key of the number; null if the number does not come from configuration.")]
    public required string? Path { get; init; }
}

/// <summary>A setting in force.</summary>
internal sealed record SettingReport
{
    [Description("The setting's name in configuration.")]
    public required string Key { get; init; }

    [Description("The value of the setting, in the form used in configuration.")]
    public required string Value { get; init; }

    [Description("built_in, code, configuration_defaults, configuration_queue, live_update (code changed the running " +
        "queue) or override.")]
    public required string Source { get; init; }

    [Description("The configuration key of the value; null if the value does not come from configuration.")]
    public required string? Path { get; init; }
}

/// <summary>A change of an operator that is in force for a limited time.</summary>
internal sealed record OverrideReport
{
    [Description("Workers, Paused or DryRun.")]
    public required string Setting { get; init; }

    [Description("The value in force.")]
    public required string Value { get; init; }

    [Description("The value that applies after the end of the override.")]
    public required string Underlying { get; init; }

    [Description("The name of the operator.")]
    public required string By { get; init; }

    [Description("When the change was made, UTC.")]
    public required DateTimeOffset Since { get; init; }

    [Description("When the change ends automatically, UTC.")]
    public required DateTimeOffset Until { get; init; }
}
