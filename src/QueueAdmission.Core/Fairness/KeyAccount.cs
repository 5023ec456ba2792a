namespace QueueAdmission;

/// <summary>
/// The account of one key in fair lines: its waiters, the workers of its jobs, and the work that it owes to other keys.
/// The account also holds the waiters that are set aside while the key is at its worker limit.
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

    /// <summary>The share of the workers that the key gets, relative to other keys.</summary>
    public int Share { get; private set; } = 1;

    /// <summary>The number of the key's jobs that wait or run.</summary>
    public int Jobs { get; set; }

    /// <summary>The number of the key's jobs that wait.</summary>
    public int Waiting { get; private set; }

    /// <summary>The number of workers of the key's running jobs that count towards the worker limit.</summary>
    public int Workers { get; set; }

    /// <summary>
    /// The partition that belongs to this key alone while one of its jobs waits. Null if the key has none.
    /// </summary>
    public Partition? Partition { get; set; }

    /// <summary>
    /// The number of the key's flows (its accounts in the priority classes): those with jobs, and those that owe work.
    /// </summary>
    public int Flows { get; private set; }

    public ref readonly JobOrder<JobRecord.KeyLinks> WaitersOf(int priorityClass) => ref _waiters[priorityClass];

    /// <summary>Applies the share that the settings give to the key.</summary>
    /// <param name="named">
    /// The share that the settings give to this key by name. Null if they do not name the key.
    /// </param>
    /// <param name="others">The share of keys that the settings do not name and whose jobs bring none.</param>
    public void UseShares(int? named, int others)
    {
        (_namedShare, _commonShare) = (named, others);
        UpdateShare();
    }

    /// <summary>Applies the share that a job of the key brings: see <see cref="JobTraits.KeyShare"/>.</summary>
    public void UseShareOf(JobRecord job)
    {
        if (job.KeyShare == _shareOfJob)
            return;
        _shareOfJob = job.KeyShare;
        UpdateShare();
    }

    /// <summary>Adds a job that waits from now on.</summary>
    public void Join(Waiter waiter)
    {
        Waiting++;
        _waiters[PriorityClass.IndexOf(waiter.Job!)].Append(waiter);
    }

    /// <summary>Removes a job that does not wait any more.</summary>
    public void Leave(Waiter waiter)
    {
        Waiting--;
        _waiters[PriorityClass.IndexOf(waiter.Job!)].Remove(waiter);
    }

    /// <summary>
    /// Returns the account of the work that was done for this key in one class. Creates the account if there is none.
    /// </summary>
    public KeyFlow FlowOf(int priorityClass)
    {
        if (_flows[priorityClass] is { } flow)
            return flow;
        Flows++;
        return _flows[priorityClass] = new KeyFlow(this, priorityClass);
    }

    /// <summary>Removes the account of the work that was done in one class.</summary>
    public void Forget(KeyFlow flow)
    {
        Flows--;
        _flows[flow.PriorityClass] = null;
    }

    /// <summary>
    /// Sets a waiter aside until the key may have more workers. The waiter keeps its place and its age.
    /// </summary>
    public void Park(Waiter waiter)
    {
        waiter.Job!.IsParked = true;
        _parked ??= new SortedSet<Waiter>?[PriorityClass.Number];
        (_parked[PriorityClass.IndexOf(waiter.Job)] ??= new SortedSet<Waiter>(OrderByAge.Instance)).Add(waiter);
    }

    /// <summary>Removes a waiter from those that were set aside.</summary>
    public void Unpark(Waiter waiter)
    {
        waiter.Job!.IsParked = false;
        _parked![PriorityClass.IndexOf(waiter.Job)]!.Remove(waiter);
    }

    /// <summary>Returns the first waiter of a class that was set aside. Null if there is none.</summary>
    public Waiter? FirstParked(int priorityClass, bool newestFirst) =>
        _parked?[priorityClass] is not { Count: > 0 } parked ? null : newestFirst ? parked.Max : parked.Min;

    /// <summary>
    /// Returns whether a waiter of this key that was set aside goes before the job. Such a waiter is earlier in the
    /// order of service, and of the job's class or a higher class. If the oldest job goes first, an older waiter that
    /// needs several workers also counts if it is of a lower class. Otherwise lighter jobs would take the workers again
    /// and again.
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
