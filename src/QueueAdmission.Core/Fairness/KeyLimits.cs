namespace QueueAdmission;

/// <summary>The limit on the workers of each key, and the waiters that were set aside because of it.</summary>
/// <remarks>
/// A waiter that cannot run because of its key is set aside when its turn comes, so no waiter behind it waits for it.
/// It keeps its place in the partition, and is not looked at again until a job of its key has ended.
/// </remarks>
internal sealed class KeyLimits(KeyBook book, ClassTurns turns)
{
    private int? _maxWorkers;
    private int _limit;
    private bool _isNewestFirst;

    /// <summary>Whether the workers of each key are limited.</summary>
    public bool AreOn => _maxWorkers is not null;

    public void Configure(in LineSettings settings, bool isNewestFirst)
    {
        _maxWorkers = settings.Options.MaxWorkersPerKey;
        _limit = settings.Limit;
        _isNewestFirst = isNewestFirst;
    }

    public void SetLimit(int limit) => _limit = limit;

    /// <summary>
    /// The workers that a job gets: its weight, but not more than the limit allows. At a limit of 0 the job waits for
    /// one worker.
    /// </summary>
    public int WorkersFor(JobRecord job) =>
        Math.Min(job.Weight, Math.Min(Math.Max(1, _limit), _maxWorkers ?? int.MaxValue));

    /// <summary>
    /// Whether a newcomer or a waiter has to wait for other jobs of its own key, even if workers are free.
    /// </summary>
    public bool IsHeldBack(JobRecord job) =>
        AreOn && (job.Account ?? book.Find(job)) is { } account
        && (IsBeyondLimit(job, account) || account.HasEarlierWaiter(job, _isNewestFirst));

    /// <summary>Whether a job would hold more workers than its key may have.</summary>
    public bool IsBeyondLimit(JobRecord job) =>
        AreOn && book.Find(job) is { } account && IsBeyondLimit(job, account);

    /// <summary>A job has started.</summary>
    public void OnStarted(JobRecord job)
    {
        if (!AreOn)
            return;
        job.CountedWorkers = job.Workers;
        job.Account!.Workers += job.Workers;
    }

    /// <summary>A job has ended. Others of its key may have their turn.</summary>
    public void OnFinished(JobRecord job)
    {
        if (job.CountedWorkers == 0)
            return;
        job.Account!.Workers -= job.CountedWorkers;
        job.CountedWorkers = 0;
        Readmit(job.Account);
    }

    /// <summary>A waiter has left. The waiters of its key that were set aside behind it may have their turn.</summary>
    public void OnLeft(KeyAccount account) => Readmit(account);

    /// <summary>Sets aside a waiter whose turn has come while its key is at the limit.</summary>
    public void SetAside(Waiter waiter)
    {
        turns.LeaveLine(waiter);
        waiter.Job!.Account!.Park(waiter);
    }

    /// <summary>Puts waiters back in their lines, because the limits of all keys may have changed.</summary>
    public void ReadmitAll()
    {
        foreach (var account in book.All)
            Readmit(account);
    }

    /// <summary>
    /// Puts waiters of a key back in their lines: the key may have more workers, or a waiter that was set aside has
    /// left. In each class, the first waiters that fit into the rest of the limit come back. Only some of them can run,
    /// by the shares of the classes, and the others are set aside again.
    /// </summary>
    private void Readmit(KeyAccount account)
    {
        if (_maxWorkers is not { } max)
            return;
        for (var index = 0; index < PriorityClass.Number; index++)
        {
            var rest = max - account.Workers;
            while (account.FirstParked(index, _isNewestFirst) is { } waiter && WorkersFor(waiter.Job!) <= rest)
            {
                rest -= WorkersFor(waiter.Job!);
                account.Unpark(waiter);
                waiter.Line.Return(waiter);
                turns.OnJoined(waiter);
            }
        }
    }

    private bool IsBeyondLimit(JobRecord job, KeyAccount account) => account.Workers + WorkersFor(job) > _maxWorkers;
}
