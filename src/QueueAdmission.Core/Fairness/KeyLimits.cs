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
    /// The workers that a job gets: as many as it weighs, and not more than there can be. Where a limit was lowered
    /// below the weight of a waiter, it gets all that the limit leaves. At a limit of 0 it waits for one.
    /// </summary>
    public int WorkersFor(JobRecord job) =>
        Math.Min(job.Weight, Math.Min(Math.Max(1, _limit), _maxWorkers ?? int.MaxValue));

    /// <summary>
    /// Whether a newcomer, or a waiter, has to wait for others of its own key, however many workers are free.
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

    /// <summary>A waiter's turn has come, and its key is at its limit.</summary>
    public void SetAside(Waiter waiter)
    {
        turns.LeaveLine(waiter);
        waiter.Job!.Account!.Park(waiter);
    }

    /// <summary>Keys may have more workers than before, or need fewer.</summary>
    public void ReadmitAll()
    {
        foreach (var account in book.All)
            Readmit(account);
    }

    /// <summary>
    /// The key may have more workers, or a waiter that was set aside has left. In each class, the first waiters that
    /// fit come back. Each class gets the whole rest of the limit, so that the shares of the classes decide. So more
    /// come back than can run, and the rest is set aside again.
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
