namespace QueueAdmission.Simulation;

/// <summary>
/// Compares the real queue with the reference after each step, and checks the guarantees that need no reference.
/// </summary>
internal static class Comparison
{
    public static JobQueueSnapshot Check(
        JobQueue queue, ReferenceQueue reference, List<DrivenJob> jobs, JobQueueSnapshot before)
    {
        foreach (var job in jobs)
            Equal(job.Twin.Fate, job.Observe(job.Twin.Fate), $"fate of job {job.Twin.Number}");

        var now = queue.GetSnapshot();
        Equal(reference.Running, now.Running, "running");
        Equal(
            string.Join(' ', reference.Lines.Select(line => line.Count)),
            string.Join(' ', now.WaitingByPartition),
            "waiting by partition");
        Equal(reference.Waiting, now.Waiting, "waiting");
        Equal(StateOf(reference), now.State, "state");
        Equal(
            reference.Waiting == 0 ? 0 : reference.Now - reference.InOrderOfArrival.First().Arrived,
            (long)now.LongestWait.TotalMilliseconds,
            "longest wait");
        Equal(reference.Ended.GetValueOrDefault(Fate.Ran), now.Ran, "ran");
        Equal(reference.Ended.GetValueOrDefault(Fate.Abandoned), now.Abandoned, "abandoned");
        foreach (var reason in Enum.GetValues<RejectionReason>())
        {
            Equal(
                Enum.TryParse<Fate>(reason.ToString(), out var fate) ? reference.Ended.GetValueOrDefault(fate) : 0,
                now.RejectedByReason.GetValueOrDefault(reason),
                $"rejected, {reason}");
        }
        Equal(now.RejectedByReason.Values.Sum(), now.Rejected, "rejected");
        Equal(reference.InUse, now.WorkersInUse, "workers in use");
        Equal(reference.BackgroundRunning, now.BackgroundRunning, "background jobs that run");
        Equal(reference.BackgroundWaiting, now.BackgroundWaiting, "background jobs that wait");
        Equal(
            jobs.Count(job => !job.Twin.IsBackground || job.Twin.Fate is Fate.Running or Fate.Ran),
            now.Arrived,
            "arrived");

        True(
            now.WorkersInUse <= now.Settings.Workers || now.WorkersInUse <= before.WorkersInUse,
            "An admission raised the workers in use above those in force.");
        var isPaused = now.State == JobQueueState.Paused || reference.Paused;
        True(
            isPaused || now.Waiting == 0 || now.WorkersInUse >= now.Settings.Workers || reference.IsSaving,
            "A worker is idle while a job waits.");
        if (now.WaitingByPartition.Count == before.WaitingByPartition.Count)
        {
            for (var i = 0; i < now.WaitingByPartition.Count; i++)
            {
                var (was, isNow) = (before.WaitingByPartition[i], now.WaitingByPartition[i]);
                True(
                    isNow <= now.Settings.PartitionCapacity || isNow <= was,
                    "A placing raised a partition above the capacity in force.");
            }
        }
        return now;
    }

    private static JobQueueState StateOf(ReferenceQueue reference) =>
        reference.Disposed ? JobQueueState.Disposed
        : reference.Draining ? JobQueueState.Draining
        : reference.Paused ? JobQueueState.Paused
        : JobQueueState.Running;

    private static void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new HistoryException($"{what}: expected {expected}, was {actual}.");
    }

    private static void True(bool condition, string otherwise)
    {
        if (!condition)
            throw new HistoryException(otherwise);
    }
}
