namespace QueueAdmission;

/// <summary>
/// The limit on the workers of each key, the accounts of the keys, and the waiters that were set aside because of the
/// limit.
/// </summary>
/// <remarks>
/// A waiter that cannot run because of its key is set aside when its turn comes, so no waiter behind it waits for it.
/// It keeps its place in the partition, and is not looked at again until a job of its key has ended.
/// </remarks>
internal sealed class KeyLimits(IWaiterOwner owner, ClassTurns turns)
{
    private readonly KeyAccount.Book _accounts = new(owner);
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
    public bool IsHeldBack(JobRecord job) => IsHeldBack(job, _accounts.Find(job.Key));

    /// <summary>The same, where the job has its account.</summary>
    public bool IsHeldBack(JobRecord job, KeyAccount? account) =>
        account is not null && (IsBeyondLimit(job, account) || (AreOn && account.OwesTurnBefore(job, _isNewestFirst)));

    /// <summary>Whether a job would hold more workers than its key may have.</summary>
    public bool IsBeyondLimit(JobRecord job) =>
        AreOn && _accounts.Find(job.Key) is { } account && IsBeyondLimit(job, account);

    /// <summary>A job that waits or runs has an account from now on.</summary>
    public void Open(JobRecord job)
    {
        if (AreOn)
            job.Account ??= _accounts.Open(job.Key);
    }

    /// <summary>A waiter has left. The waiters of its key that were set aside behind it may have their turn.</summary>
    public void OnLeft(JobRecord job)
    {
        if (job.Account is not { } account)
            return;
        job.Account = null;
        Readmit(account);
        _accounts.Close(account);
    }

    /// <summary>A waiter is dealt out again, so the accounts of the former lines forget it.</summary>
    public void Forget(JobRecord job)
    {
        if (job.Account is not { } account)
            return;
        job.Account = null;
        account.ForgetParked();
        _accounts.Close(account);
    }

    public void OnStarted(JobRecord job)
    {
        if (!AreOn)
            return;
        Open(job);
        job.Account!.Workers += job.Workers;
    }

    public void OnFinished(JobRecord job)
    {
        if (job.Account is not { } account)
            return;
        account.Workers -= job.Workers;
        // An account of former lines has no waiter to bring back: all its waiters were dealt out again.
        if (_accounts.Has(account))
            Readmit(account);
        _accounts.Close(account);
    }

    /// <summary>A waiter's turn has come, and its key is at its limit.</summary>
    public void SetAside(Waiter waiter)
    {
        turns.LeaveLine(waiter);
        waiter.Job!.Account!.Park(waiter);
    }

    /// <summary>Keys may have more workers than before, or need fewer.</summary>
    public void ReadmitAll()
    {
        foreach (var account in _accounts.All)
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
            while (account.ParkedIn(index) is { Count: > 0 } parked && parked.First(_isNewestFirst) is var waiter && WorkersFor(waiter.Job!) <= rest)
            {
                rest -= WorkersFor(waiter.Job!);
                parked.Remove(waiter);
                var line = waiter.Job!.Partition!.LineOf(index);
                line.InsertByAge(waiter);
                turns.OnJoined(line);
            }
        }
    }

    private bool IsBeyondLimit(JobRecord job, KeyAccount account) => account.Workers + WorkersFor(job) > _maxWorkers;
}
