using System.Threading.RateLimiting;

namespace QueueAdmission.Simulation;

/// <summary>
/// Checks the guarantees for jobs with arbitrary traits, as far as they can be observed from outside.
/// </summary>
internal static class TraitPromises
{
    /// <param name="all">All jobs so far.</param>
    /// <param name="ranBefore">The jobs that were running before the step.</param>
    /// <param name="waited">The jobs that were waiting before the step.</param>
    /// <param name="newcomer">The job that arrived in this step, or null.</param>
    /// <param name="before">The queue before the step.</param>
    /// <param name="now">The queue after the step.</param>
    /// <param name="time">The time of the clock.</param>
    /// <param name="paused">Whether no job may start.</param>
    public static void Check(
        List<TraitJob> all, HashSet<TraitJob> ranBefore, List<TraitJob> waited, TraitJob? newcomer,
        JobQueueSnapshot before, JobQueueSnapshot now, long time, bool paused)
    {
        CheckBooks(all, before, now);
        if (!paused)
            CheckBackground(all, waited, now);
        var jobs = all.Where(job => !job.IsBackground).ToList();
        waited = waited.Where(job => !job.IsBackground).ToList();
        newcomer = newcomer is { IsBackground: true } ? null : newcomer;
        var waiting = jobs.Where(job => job.IsWaiting).ToList();
        CheckPlaces(waited, waiting, before, now);
        CheckTimes(jobs, waiting, now, time);
        CheckDisplaced(waited, waiting, newcomer, before, now);
        CheckKeys(jobs, ranBefore, now);
        if (!paused && !MaySaveForBackground(all, now))
            CheckNoWorkerIdles(jobs, waiting, now);
        if (!now.Settings.PartitionByKey && now.Settings.Partitions == 1)
            CheckOrder(jobs, waited, waiting, newcomer, now);
    }

    private static void CheckBooks(List<TraitJob> jobs, JobQueueSnapshot before, JobQueueSnapshot now)
    {
        var live = jobs.Where(job => !job.IsBackground).ToList();
        var background = jobs.Where(job => job.IsBackground).ToList();
        Equal(live.Count + background.Count(job => job.IsRunning || job.HasRun), now.Arrived, "arrived");
        Equal(live.Count(job => job.IsWaiting), now.Waiting, "waiting");
        Equal(background.Count(job => job.IsWaiting), now.BackgroundWaiting, "background jobs that wait");
        Equal(background.Count(job => job.IsRunning), now.BackgroundRunning, "background jobs that run");
        Equal(now.WaitingByPartition.Sum(), now.Waiting, "waiting by partition");
        Equal(jobs.Count(job => job.IsRunning), now.Running, "running");
        Equal(jobs.Count(job => job.HasRun), now.Ran, "ran");
        Equal(live.Count(job => job.HasLeft), now.Abandoned, "abandoned");
        foreach (var reason in Enum.GetValues<RejectionReason>())
            Equal(
                live.Count(job => job.Refusal == reason),
                now.RejectedByReason.GetValueOrDefault(reason),
                $"rejected, {reason}");
        Equal(jobs.Where(job => job.IsRunning).Sum(job => job.Workers), now.WorkersInUse, "workers in use");
        True(
            now.WorkersInUse <= now.Settings.Workers || now.WorkersInUse <= before.WorkersInUse,
            "An admission raised the workers in use above those in force.");
    }

    /// <summary>
    /// Checks that background jobs start in order, and that none waits while workers are free that no live job needs.
    /// </summary>
    private static void CheckBackground(List<TraitJob> all, List<TraitJob> waited, JobQueueSnapshot now)
    {
        if (all.Find(job => job.IsBackground && job.IsWaiting) is not { } first)
            return;
        True(
            waited.All(job => !job.IsBackground || !job.IsRunning || job.Number < first.Number),
            "A background job overtook another.");
        var free = now.Settings.Workers - now.WorkersInUse;
        var live = all.Where(job => !job.IsBackground).ToList();
        var waiting = live.Where(job => job.IsWaiting).ToList();
        var mayStart = waiting.All(job => IsHeldBack(job, live, waiting, now));
        True(
            free < first.WorkersFor(now.Settings) || !mayStart,
            "A worker is idle while a background job waits that may have it.");
        True(
            mayStart || all.Exists(job => job.MinShare > 0) || !waited.Exists(job => job.IsBackground && job.IsRunning),
            "A background job without a share went before a live one.");
    }

    /// <summary>
    /// Returns whether workers may be reserved for a background job that needs several and whose share is due.
    /// </summary>
    private static bool MaySaveForBackground(List<TraitJob> all, JobQueueSnapshot now) =>
        all.Exists(job => job.MinShare > 0) && all.Find(job => job.IsBackground && job.IsWaiting) is { } first
        && first.WorkersFor(now.Settings) > now.Settings.Workers - now.WorkersInUse;

    private static void CheckPlaces(
        List<TraitJob> waited, List<TraitJob> waiting, JobQueueSnapshot before, JobQueueSnapshot now)
    {
        if (now.Settings.PartitionByKey)
        {
            True(
                waiting.Count <= now.Settings.Places || waiting.Count <= waited.Count,
                "A placing raised the waiters above the room in force.");
            foreach (var ofKey in waiting.GroupBy(job => job.Key))
                True(
                    ofKey.Count() <= now.Settings.PlacesPerKey
                        || ofKey.Count() <= waited.Count(job => job.Key == ofKey.Key),
                    "A placing raised the waiters of a key above its room.");
            return;
        }
        if (now.WaitingByPartition.Count != before.WaitingByPartition.Count
            || now.Settings.PartitionByKey != before.Settings.PartitionByKey
            || now.Settings.MaxWorkersPerKey != before.Settings.MaxWorkersPerKey)
            return;
        for (var i = 0; i < now.WaitingByPartition.Count; i++)
        {
            var (was, isNow) = (before.WaitingByPartition[i], now.WaitingByPartition[i]);
            True(
                isNow <= now.Settings.PartitionCapacity || isNow <= was,
                "A placing raised a partition above the capacity in force.");
        }
    }

    private static void CheckTimes(List<TraitJob> jobs, List<TraitJob> waiting, JobQueueSnapshot now, long time)
    {
        True(jobs.All(job => job.Workers == 0 || job.Started < job.Deadline), "A job was run after its deadline.");
        True(waiting.All(job => time < job.Deadline), "A job waits beyond its deadline.");
        if (now.Settings.MaxWait != Timeout.InfiniteTimeSpan)
            True(
                waiting.All(job => time - job.Arrived < now.Settings.MaxWait.Ticks), "A job waits longer than it may.");
    }

    private static void CheckDisplaced(
        List<TraitJob> waited,
        List<TraitJob> waiting,
        TraitJob? newcomer,
        JobQueueSnapshot before,
        JobQueueSnapshot now)
    {
        var displaced = waited.Where(job => job.Refusal == RejectionReason.Displaced).ToList();
        if (displaced.Count == 0)
            return;
        True(newcomer is not null && displaced.Count == 1, "A job was displaced, but none came.");
        var victim = displaced[0];
        var newestFirst = now.Settings.Order == QueueProcessingOrder.NewestFirst;
        True(
            victim.Priority < newcomer!.Priority
                || (newestFirst && !now.Settings.PartitionByKey && victim.Priority == newcomer.Priority),
            "A job was displaced by one that matters no more.");
        if (now.Settings.PartitionByKey)
        {
            var keyIsFull = waited.Count(job => job.Key == newcomer.Key) >= now.Settings.PlacesPerKey;
            True(keyIsFull || waited.Count >= now.Settings.Places, "A job was displaced where there was room.");
            True(
                !keyIsFull || victim.Key == newcomer.Key,
                "A job of another key was displaced, although only the own key had no room.");
            var candidates = waiting.Where(
                job => job != newcomer && job.Priority == victim.Priority && (!keyIsFull || job.Key == victim.Key));
            True(
                candidates.All(job => job.Number < victim.Number != newestFirst),
                "Not the job that would have been served last was displaced.");
            return;
        }
        True(
            waiting.All(
                job => job.Priority != victim.Priority || job.Number < victim.Number != newestFirst || job == newcomer),
            "The displaced job is not the one that would have been served last.");
        True(
            before.WaitingByPartition.All(count => count >= now.Settings.PartitionCapacity),
            "A job was displaced where there was room.");
    }

    private static void CheckKeys(List<TraitJob> jobs, HashSet<TraitJob> ranBefore, JobQueueSnapshot now)
    {
        if (now.Settings.MaxWorkersPerKey is not { } most)
            return;
        // Workers that the key held before the limit was lowered remain. A key above its limit gets no further workers.
        foreach (var ofKey in jobs.Where(job => job.IsRunning && job.CountsForItsKey).GroupBy(job => job.Key))
            True(
                ofKey.Sum(job => job.Workers) <= most || ofKey.All(ranBefore.Contains),
                "A key holds more workers than it may.");
    }

    /// <summary>
    /// Checks that a worker is idle only for a job that needs several workers, or if the keys of all waiters are at
    /// their limit.
    /// </summary>
    private static void CheckNoWorkerIdles(List<TraitJob> jobs, List<TraitJob> waiting, JobQueueSnapshot now)
    {
        var free = now.Settings.Workers - now.WorkersInUse;
        if (free <= 0 || waiting.Any(job => job.WorkersFor(now.Settings) > free && !AtItsLimit(job, jobs, now)))
            return;
        True(
            waiting.All(job => IsHeldBack(job, jobs, waiting, now)),
            "A worker is idle while a job waits that may have it.");
    }

    /// <summary>
    /// Checks that, with one line, no starting job overtakes an earlier job of the same class that could have started.
    /// </summary>
    private static void CheckOrder(
        List<TraitJob> jobs, List<TraitJob> waited, List<TraitJob> waiting, TraitJob? newcomer, JobQueueSnapshot now)
    {
        var newestFirst = now.Settings.Order == QueueProcessingOrder.NewestFirst;
        IEnumerable<TraitJob> candidates = newcomer is null ? waited : [.. waited, newcomer];
        // Workers may have been reserved for a job that needs several at a time when the key of an older job was at its
        // limit, or before a newer job had arrived.
        foreach (var started in candidates.Where(job => job.IsRunning
            && (job.Weight == 1 || (now.Settings.MaxWorkersPerKey is null && !newestFirst))))
            True(
                waiting.All(job => job.Priority != started.Priority
                    || job.Number > started.Number != newestFirst
                    || IsHeldBack(job, jobs, waiting, now)),
                $"Job {started.Number} overtook an earlier job of its class.");
    }

    private static bool IsHeldBack(TraitJob job, List<TraitJob> jobs, List<TraitJob> waiting, JobQueueSnapshot now) =>
        AtItsLimit(job, jobs, now)
        || waiting.Any(other => other.Key == job.Key
            && other.Number < job.Number != (now.Settings.Order == QueueProcessingOrder.NewestFirst)
            && AtItsLimit(other, jobs, now));

    private static bool AtItsLimit(TraitJob job, List<TraitJob> jobs, JobQueueSnapshot now) =>
        now.Settings.MaxWorkersPerKey is { } most
        && jobs.Where(other => other.IsRunning && other.CountsForItsKey && other.Key == job.Key)
            .Sum(other => other.Workers) + job.WorkersFor(now.Settings) > most;

    private static void Equal(long expected, long actual, string what) =>
        True(expected == actual, $"{what}: expected {expected}, was {actual}.");

    private static void True(bool condition, string otherwise)
    {
        if (!condition)
            throw new HistoryException(otherwise);
    }
}
