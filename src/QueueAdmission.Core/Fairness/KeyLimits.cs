namespace QueueAdmission;

/// <summary>Enforces the worker limit of each key, and sets waiters aside because of it.</summary>
/// <remarks>
/// If a waiter's turn comes while its key is at the limit, the waiter is set aside, so that it does not block the
/// waiters behind it. It keeps its place in the partition. It is not examined again until a job of its key has ended or
/// left.
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
    /// Returns the number of workers that a job gets: its weight, but at most the limit of the queue's workers and the
    /// limit of its key. If the queue's limit is 0, the job waits for one worker.
    /// </summary>
    public int WorkersFor(JobRecord job) =>
        Math.Min(job.Weight, Math.Min(Math.Max(1, _limit), _maxWorkers ?? int.MaxValue));

    /// <summary>
    /// Returns whether a newcomer or a waiter has to wait for other jobs of its own key, even if workers are free.
    /// </summary>
    public bool IsHeldBack(JobRecord job) =>
        AreOn && (job.Account ?? book.Find(job)) is { } account
        && (IsBeyondLimit(job, account) || account.HasEarlierWaiter(job, _isNewestFirst));

    /// <summary>Returns whether the job's key would exceed its worker limit if the job started now.</summary>
    public bool IsBeyondLimit(JobRecord job) =>
        AreOn && book.Find(job) is { } account && IsBeyondLimit(job, account);

    /// <summary>Counts the workers of a job that has started.</summary>
    public void OnStarted(JobRecord job)
    {
        if (!AreOn)
            return;
        job.CountedWorkers = job.Workers;
        job.Account!.Workers += job.Workers;
    }

    /// <summary>Called when a job has ended. Other waiters of its key may be able to start.</summary>
    public void OnFinished(JobRecord job)
    {
        if (job.CountedWorkers == 0)
            return;
        job.Account!.Workers -= job.CountedWorkers;
        job.CountedWorkers = 0;
        Readmit(job.Account);
    }

    /// <summary>
    /// Called when a waiter has left. Waiters of its key that were set aside because of it may be able to start.
    /// </summary>
    public void OnLeft(KeyAccount account) => Readmit(account);

    /// <summary>Sets aside a waiter whose turn has come while its key is at the limit.</summary>
    public void SetAside(Waiter waiter)
    {
        turns.LeaveLine(waiter);
        waiter.Job!.Account!.Park(waiter);
    }

    /// <summary>Puts waiters of all keys back in their lines, because the limits may have changed.</summary>
    public void ReadmitAll()
    {
        foreach (var account in book.All)
            Readmit(account);
    }

    /// <summary>
    /// Puts waiters of a key back in their lines, because the key may have more workers, or because a waiter has left.
    /// In each class, the first waiters that fit into the remaining limit are put back. Together they may exceed the
    /// limit. The shares of the classes then decide which of them start, and the others are set aside again.
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
