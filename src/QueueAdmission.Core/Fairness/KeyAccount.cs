namespace QueueAdmission;

/// <summary>
/// The account of one key in fair lines: its waiters, the workers of its jobs, and the work that it owes. Waiters are
/// set aside here while the key is at its limit of workers.
/// </summary>
internal sealed class KeyAccount(string key)
{
    private readonly KeyFlow?[] _flows = new KeyFlow?[PriorityClass.Number];
    private readonly JobOrder<JobRecord.KeyLinks>[] _waiters = new JobOrder<JobRecord.KeyLinks>[PriorityClass.Number];
    private SortedSet<Waiter>?[]? _parked;
    private int? _namedShare;
    private int _commonShare = 1;
    private int _shareOfJob = 1;

    public string Key { get; } = key;

    /// <summary>Its part of the workers beside other keys.</summary>
    public int Share { get; private set; } = 1;

    /// <summary>Its jobs that wait or run.</summary>
    public int Jobs { get; set; }

    /// <summary>Its jobs that wait.</summary>
    public int Waiting { get; private set; }

    /// <summary>The workers of its running jobs that count against the limit.</summary>
    public int Workers { get; set; }

    /// <summary>The partition that it has for itself while a job of it waits; null if it has none.</summary>
    public Partition? Partition { get; set; }

    /// <summary>The number of its flows: those with jobs, and those in debt.</summary>
    public int Flows { get; private set; }

    public ref readonly JobOrder<JobRecord.KeyLinks> WaitersOf(int priorityClass) => ref _waiters[priorityClass];

    /// <summary>Takes over the share that the settings give the key.</summary>
    /// <param name="named">The share of this key; null if the settings do not name it.</param>
    /// <param name="others">The share of keys that have no other.</param>
    public void UseShares(int? named, int others)
    {
        (_namedShare, _commonShare) = (named, others);
        UpdateShare();
    }

    /// <summary>Takes over the share that a job of the key brings.</summary>
    public void UseShareOf(JobRecord job)
    {
        if (job.KeyShare == _shareOfJob)
            return;
        _shareOfJob = job.KeyShare;
        UpdateShare();
    }

    /// <summary>A job waits from now on.</summary>
    public void Join(Waiter waiter)
    {
        Waiting++;
        _waiters[PriorityClass.IndexOf(waiter.Job!)].Append(waiter);
    }

    /// <summary>A job does not wait any more.</summary>
    public void Leave(Waiter waiter)
    {
        Waiting--;
        _waiters[PriorityClass.IndexOf(waiter.Job!)].Remove(waiter);
    }

    /// <summary>The account of the work done for this key in one class.</summary>
    public KeyFlow FlowOf(int priorityClass)
    {
        if (_flows[priorityClass] is { } flow)
            return flow;
        Flows++;
        return _flows[priorityClass] = new KeyFlow(this, priorityClass);
    }

    /// <summary>Removes the account of the work done in one class.</summary>
    public void Forget(KeyFlow flow)
    {
        Flows--;
        _flows[flow.PriorityClass] = null;
    }

    /// <summary>Sets a waiter aside until the key may have more workers. It keeps its place and its age.</summary>
    public void Park(Waiter waiter)
    {
        waiter.Job!.IsParked = true;
        _parked ??= new SortedSet<Waiter>?[PriorityClass.Number];
        (_parked[PriorityClass.IndexOf(waiter.Job)] ??= new SortedSet<Waiter>(OrderByAge.Instance)).Add(waiter);
    }

    /// <summary>Takes out a waiter that was set aside.</summary>
    public void Unpark(Waiter waiter)
    {
        waiter.Job!.IsParked = false;
        _parked![PriorityClass.IndexOf(waiter.Job)]!.Remove(waiter);
    }

    /// <summary>The first waiter of a class that was set aside; null if there is none.</summary>
    public Waiter? FirstParked(int priorityClass, bool newestFirst) =>
        _parked?[priorityClass] is not { Count: > 0 } parked ? null : newestFirst ? parked.Max : parked.Min;

    /// <summary>
    /// Whether a waiter of this key that was set aside has an earlier turn than the job. It is of the job's class or a
    /// higher one. A waiter that needs several workers also counts if it is only older, unless the newest goes first.
    /// Otherwise lighter jobs would take the workers again and again.
    /// </summary>
    public bool HasEarlierWaiter(JobRecord job, bool newestFirst)
    {
        for (var i = 0; _parked is not null && i < _parked.Length; i++)
        {
            if (FirstParked(i, newestFirst)?.Job is not { } first)
                continue;
            if (first.Order > job.Order == newestFirst
                && (i >= PriorityClass.IndexOf(job) || (first.Weight > 1 && !newestFirst)))
                return true;
        }
        return false;
    }
    private void UpdateShare() => Share = _namedShare ?? (_shareOfJob > 1 ? _shareOfJob : _commonShare);
}
