namespace QueueAdmission;

/// <summary>
/// The refusals of one queue: their counts, and the <c>Retry-After</c> of each. Guarded by the queue's lock.
/// </summary>
internal sealed class RejectionBook(long ticksPerSecond)
{
    private readonly RetrySchedule _retries = new(ticksPerSecond);
    private int _minSeconds;
    private int _maxSeconds;
    private Action<RejectionReason>? _onNext;

    /// <summary>All refusals.</summary>
    public long Total { get; private set; }

    /// <summary>The refusals by reason.</summary>
    public ReasonCounts ByReason { get; } = new();

    /// <summary>Converts the settings' times once, because a conversion costs as much as half a refusal.</summary>
    public void CacheTimes(JobQueueOptions settings)
    {
        _minSeconds = (int)Math.Ceiling(settings.MinRetryAfter.TotalSeconds);
        _maxSeconds = (int)Math.Ceiling(settings.MaxRetryAfter.TotalSeconds);
    }

    /// <summary>Counts a refusal, and books the moment at which its caller should come back.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="now">The queue's time.</param>
    /// <param name="waiting">The jobs that wait.</param>
    /// <param name="drainPerSecond">The measured drain rate; 0 while there is none.</param>
    /// <param name="workers">The limit in force.</param>
    /// <returns>Whole seconds from now.</returns>
    public int Add(RejectionReason reason, long now, int waiting, double drainPerSecond, int workers)
    {
        ByReason.Add(reason);
        Total++;
        if (_onNext is { } callback)
        {
            _onNext = null;
            // The callback writes to the log, and an exception of a log provider would end the process here.
            ThreadPool.UnsafeQueueUserWorkItem(
                static told => ForeignCode.Run(told, static told => told.callback(told.reason)),
                (callback, reason),
                preferLocal: false);
        }
        // Without a measurement a job is taken to last a second. A limit of 0 would make the wait infinite.
        return _retries.Book(now, waiting, drainPerSecond, Math.Max(1, workers), _minSeconds, _maxSeconds);
    }

    /// <summary>Asks for one call on the thread pool when the next job is refused.</summary>
    /// <param name="callback">Gets the reason. What it throws is dropped.</param>
    /// <param name="known">The refusals that the caller knows of.</param>
    /// <returns>False if there were more refusals than that. Then no call follows.</returns>
    public bool TryAwaitNext(Action<RejectionReason> callback, long known)
    {
        if (Total != known)
            return false;
        _onNext = callback;
        return true;
    }
}
