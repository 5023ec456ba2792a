namespace QueueAdmission;

/// <summary>
/// Counts the refusals of one queue, and determines the <c>Retry-After</c> of each. Guarded by the queue's lock.
/// </summary>
internal sealed class RejectionBook(long ticksPerSecond)
{
    private readonly RetrySchedule _retries = new(ticksPerSecond);
    private int _minSeconds;
    private int _maxSeconds;
    private Action<RejectionReason>? _onNext;

    /// <summary>The number of all refusals.</summary>
    public long Total { get; private set; }

    /// <summary>The numbers of refusals by reason.</summary>
    public ReasonCounts ByReason { get; } = new();

    /// <summary>
    /// Converts the times in the settings once, because a conversion at every refusal would cost half as much as the
    /// refusal itself.
    /// </summary>
    public void CacheTimes(JobQueueOptions settings)
    {
        _minSeconds = (int)Math.Ceiling(settings.MinRetryAfter.TotalSeconds);
        _maxSeconds = (int)Math.Ceiling(settings.MaxRetryAfter.TotalSeconds);
    }

    /// <summary>Counts a refusal, and books the time at which its caller should retry.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="now">The queue's time.</param>
    /// <param name="waiting">The number of waiting jobs.</param>
    /// <param name="drainPerSecond">The measured drain rate; 0 while nothing has been measured.</param>
    /// <param name="workers">The limit in force.</param>
    /// <returns>The time until the retry, in whole seconds.</returns>
    public int Add(RejectionReason reason, long now, int waiting, double drainPerSecond, int workers)
    {
        ByReason.Add(reason);
        Total++;
        if (_onNext is { } callback)
        {
            _onNext = null;
            // The callback writes to the log. An exception of a log provider would be unhandled on this thread, and
            // would end the process.
            ThreadPool.UnsafeQueueUserWorkItem(
                static told => ForeignCode.Run(told, static told => told.callback(told.reason)),
                (callback, reason),
                preferLocal: false);
        }
        // Without a measurement, the schedule assumes that a job takes one second. With a limit of 0, that would give
        // an infinite wait.
        return _retries.Book(now, waiting, drainPerSecond, Math.Max(1, workers), _minSeconds, _maxSeconds);
    }

    /// <summary>Requests one callback on the thread pool when the next job is refused.</summary>
    /// <param name="callback">Receives the reason. Its exceptions are ignored.</param>
    /// <param name="known">The number of refusals that the caller knows of.</param>
    /// <returns>False if there have been more refusals than that. No callback follows then.</returns>
    public bool TryAwaitNext(Action<RejectionReason> callback, long known)
    {
        if (Total != known)
            return false;
        _onNext = callback;
        return true;
    }
}
