namespace QueueAdmission.Cluster.Benchmarks.Figures;

/// <summary>Evaluates the jobs of all nodes after a run, without any code of the product.</summary>
internal sealed class Sweep(IReadOnlyList<Job> jobs)
{
    public IReadOnlyList<Job> Jobs => jobs;

    public Sweep Where(Func<Job, bool> condition) => new([.. jobs.Where(condition)]);

    /// <summary>Returns the highest number of jobs that ran at the same time.</summary>
    public int MaxRunning(TimeSpan? from = null, TimeSpan? to = null)
    {
        var (most, begin, end) = (0, from ?? TimeSpan.Zero, to ?? TimeSpan.MaxValue);
        foreach (var (since, until, running) in Steps())
        {
            if (until > begin && since < end)
                most = Math.Max(most, running);
        }
        return most;
    }

    /// <summary>Returns how long more jobs ran than the given number.</summary>
    public TimeSpan TimeAbove(int workers) =>
        Sum(Steps().Where(step => step.Running > workers).Select(step => step.Until - step.Since));

    /// <summary>
    /// Returns the first time from which at least the given number of jobs ran at once. Null if there was none.
    /// </summary>
    public TimeSpan? FirstMomentOf(int workers, TimeSpan from)
    {
        foreach (var (since, until, running) in Steps())
        {
            if (until > from && running >= workers)
                return since > from ? since : from;
        }
        return null;
    }

    /// <summary>Returns the share of the workers' time that jobs used, in percent.</summary>
    public double BusyPercent(int workers, TimeSpan from, TimeSpan to)
    {
        var busy = Sum(jobs.Where(job => job.HasStarted).Select(job => Overlap(job, from, to)));
        return 100 * busy / (workers * (to - from));
    }

    /// <summary>
    /// Returns a percentile of the waits of the jobs that arrived in a period. A job that never started counts as
    /// waiting until the end of the period.
    /// </summary>
    public TimeSpan Wait(double percentile, TimeSpan from, TimeSpan to)
    {
        var waits = jobs.Where(job => job.Arrival >= from && job.Arrival < to)
            .Select(job => (job.HasStarted ? job.Start : to) - job.Arrival).Order().ToList();
        return waits.Count == 0
            ? TimeSpan.Zero
            : waits[Math.Min(waits.Count - 1, (int)(waits.Count * percentile / 100))];
    }

    public int Arrived(TimeSpan from, TimeSpan to) => jobs.Count(job => job.Arrival >= from && job.Arrival < to);

    /// <summary>
    /// Returns the periods between two changes of the number of running jobs. If a job ends when another one starts,
    /// the end is counted first.
    /// </summary>
    private IEnumerable<(TimeSpan Since, TimeSpan Until, int Running)> Steps()
    {
        var changes = jobs.Where(job => job.HasStarted)
            .SelectMany(job => new[] { (At: job.Start, Change: 1), (At: job.End, Change: -1) })
            .OrderBy(change => change.At).ThenBy(change => change.Change).ToList();
        var running = 0;
        for (var i = 0; i < changes.Count; i++)
        {
            running += changes[i].Change;
            if (i + 1 < changes.Count && changes[i + 1].At > changes[i].At)
                yield return (changes[i].At, changes[i + 1].At, running);
        }
    }

    private static TimeSpan Overlap(Job job, TimeSpan from, TimeSpan to)
    {
        var (start, end) = (job.Start > from ? job.Start : from, job.End < to ? job.End : to);
        return end > start ? end - start : TimeSpan.Zero;
    }

    private static TimeSpan Sum(IEnumerable<TimeSpan> spans) =>
        spans.Aggregate(TimeSpan.Zero, (sum, span) => sum + span);
}
